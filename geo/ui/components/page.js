// The language of the page, for screen readers: Streamlit says that every page is in English. And what Streamlit says
// itself once its server is gone, when no run of the app can say it.
document.documentElement.lang = "fr";
if (!window.maillageWithoutServer) {
  window.maillageWithoutServer = true;
  const french = [
    ["Connection error", "Connexion perdue"],
    [
      "Streamlit server is not responding",
      "Le serveur ne répond pas. Cette page reprendra d'elle-même, avec vos choix, dès qu'il répondra ; les fichiers " +
        "que vous avez donnés seront à redonner.",
    ],
    ["Cannot connect to Streamlit", "Le serveur refuse la connexion. Rechargez cette page : son adresse garde vos choix."],
    ["Is Streamlit still running", "L'application est arrêtée. Relancez-la dans votre terminal :"],
    ["streamlit run yourscript.py", "maillage app"],
  ];
  const say = () => {
    for (const dialog of document.querySelectorAll('[role="dialog"]')) {
      const texts = document.createTreeWalker(dialog, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const found = french.find(([english]) => texts.currentNode.data.trim().startsWith(english));
        if (found) texts.currentNode.data = found[1];
      }
    }
  };
  new MutationObserver(say).observe(document.body, { childList: true, subtree: true });
}
