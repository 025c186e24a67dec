"""The answers over HTTP, read only: what is near, who is near enough, a plan that was made before."""
