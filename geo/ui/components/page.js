// The language of the page, for screen readers: Streamlit says that every page is in English. And the sentences that
// Streamlit has in the browser, where no run of the app can say them: its server is gone, a file is not sent to it.
document.documentElement.lang = "fr";
if (!window.maillageSpeaksFrench) {
  window.maillageSpeaksFrench = true;
  const french = [
    [/^Connection error$/, () => "Connexion perdue"],
    [
      /^Streamlit server is not responding/,
      () =>
        "Le serveur ne répond pas. Cette page reprendra d'elle-même, avec vos choix, dès qu'il répondra ; les fichiers " +
        "que vous avez donnés seront à redonner.",
    ],
    [
      /^Cannot connect to Streamlit/,
      () => "Le serveur refuse la connexion. Rechargez cette page : son adresse garde vos choix.",
    ],
    [/^Is Streamlit still running/, () => "L'application est arrêtée. Relancez-la dans votre terminal :"],
    [/^streamlit run yourscript.py$/, () => "maillage app"],
    [/^Error:$/, () => ""],
    [/files are not allowed\.$/, () => "Ce type de fichier n'est pas lu ici : l'aide du champ dit lesquels le sont."],
    [/File must be ([\d.]+)MB or smaller\.$/, ([, size]) => `Fichier trop lourd : au plus ${Math.round(size)} Mo.`],
    [/^(?:Error: )?(?:Network|AxiosError|Request failed)/, () => "Le fichier n'est pas arrivé. Donnez-le à nouveau."],
  ];
  const places = '[role="dialog"], [role="tooltip"], [data-testid="stTooltipContent"], [data-testid="stFileChip"]';
  const say = () => {
    for (const place of document.querySelectorAll(places)) {
      const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const text = texts.currentNode.data.trim();
        const [pattern, told] = french.find(([each]) => each.test(text)) || [];
        if (pattern && !texts.currentNode.parentElement.closest('[data-testid="stFileChipName"]')) {
          texts.currentNode.data = told(text.match(pattern));
        }
      }
    }
  };
  new MutationObserver(say).observe(document.body, { childList: true, subtree: true });
}
