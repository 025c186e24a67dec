"""What a visitor sees and does, in one real browser, against one running app: a package, for both last as long as it does."""
