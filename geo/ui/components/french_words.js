// The words that Streamlit itself puts on the page, in French: what is seen, and what a screen reader says.
//
// Streamlit draws its parts again as it likes: a watcher of the whole page puts each word back into French as it comes.
// Only whole texts of Streamlit are replaced, never a part of one, and never in what the app or a file says.

(() => {
  if (globalThis.maillageFrench) return;
  globalThis.maillageFrench = true;
  document.documentElement.lang = "fr";

  // Dates and numbers that the browser writes follow its language: the page is French in any browser.
  for (const [name, value] of [["language", "fr-FR"], ["languages", Object.freeze(["fr-FR", "fr"])]]) {
    Object.defineProperty(navigator, name, { get: () => value, configurable: true });
  }
  globalThis.dispatchEvent(new Event("languagechange"));

  const MONTHS = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre"];
  const ENGLISH_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"];
  const month = (name) => MONTHS[ENGLISH_MONTHS.indexOf(name)] ?? name;
  const WORDS = new Map(Object.entries({
    "Add files": "Ajouter des fichiers",
    "Cancel upload": "Annuler l'envoi",
    "Choose an option": "Choisissez",
    "Choose date": "Choisir le jour dans un calendrier",
    "Choose options": "Choisissez",
    "Clear all": "Tout effacer",
    "Clear selection": "Annuler le choix des lignes",
    "Clear value": "Effacer",
    "Close": "Fermer",
    "Close Search": "Fermer la recherche",
    "Close fullscreen": "Quitter le plein écran",
    "Connecting to Streamlit server": "Connexion au serveur…",
    "Connection error": "Connexion perdue",
    "Connection lost. Please wait for the app to reconnect, then try again.":
      "La connexion est perdue : attendez qu'elle revienne, puis recommencez.",
    "Copied": "Copié",
    "Copy to clipboard": "Copier",
    "Copy column name": "Copier le titre de la colonne",
    "Dataframe column menu": "Menu de la colonne",
    "Decrement": "Moins",
    "Deploy": "Publier",
    "Download as CSV": "Enregistrer en CSV",
    "Drag and drop a file here": "Déposez un fichier ici",
    "Drag and drop files here": "Déposez des fichiers ici",
    "Fullscreen": "Plein écran",
    "Help": "Aide",
    "Hide column": "Masquer la colonne",
    "Hours must be 0–23": "Les heures vont de 0 à 23",
    "Hours must be 0–23.": "Les heures vont de 0 à 23.",
    "Increment": "Plus",
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:":
      "L'application est-elle arrêtée ? Elle se relance dans un terminal :",
    "Loading...": "Chargement…",
    "Main menu": "Menu",
    "Minutes must be 0–59.": "Les minutes vont de 0 à 59.",
    "Next": "Suivant",
    "Next Result": "Résultat suivant",
    "Next month": "Mois suivant",
    "No options to select.": "Rien à choisir",
    "No results": "Aucun résultat",
    "Number is above the allowed range.": "Ce nombre est trop grand.",
    "Number is below the allowed range.": "Ce nombre est trop petit.",
    "Open": "Ouvrir la liste",
    "Pin column": "Fixer la colonne",
    "Please wait...": "Un instant…",
    "Previous": "Précédent",
    "Previous Result": "Résultat précédent",
    "Previous month": "Mois précédent",
    "Running...": "Calcul…",
    "Search": "Rechercher",
    "Select all": "Tout choisir",
    "Selectbox": "Liste",
    "Selectbox options": "Choix",
    "Selected values": "Choix faits",
    "Show/hide columns": "Montrer ou masquer des colonnes",
    "Skip to main content": "Aller au contenu",
    "Sort ascending": "Trier du plus petit au plus grand",
    "Sort descending": "Trier du plus grand au plus petit",
    "Autosize": "Ajuster la largeur",
    "Statistics": "Statistiques",
    "Format": "Format",
    "Stop": "Arrêter",
    "Stopping...": "Arrêt…",
    "streamlit run yourscript.py": "maillage app",
    "Type to search": "Écrivez pour chercher",
    "Unpin column": "Ne plus fixer la colonne",
    "Upload": "Choisir un fichier",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.":
      "Flèches : changer de jour. Entrée : choisir. Échap : fermer.",
    "Value cleared.": "Valeur effacée.",
    "Empty": "vide",
    "Error:": "Erreur :",
    "file upload": "Choisir un fichier",
    "dd": "jj",
    "yyyy": "aaaa",
  }));
  const PATTERNS = [
    [/^Help for (.+)$/, (_, what) => `Aide : ${what}`],
    [/^(Show\/hide columns|Download as CSV|Search|Fullscreen|Close fullscreen|Clear selection): (.+)$/,
      (_, action, what) => `${WORDS.get(action)} : ${what}`],
    [/^Remove (.+)$/, (_, what) => `Retirer ${what}`],
    [/^(\d+(?:\.\d+)?) ?([KMG]?)B per file$/, (_, size, unit) => `${size.replace(".", ",")}\u00a0${unit.toLowerCase().replace(/[mg]/, (u) => u.toUpperCase())}o par fichier`],
    [/^(day|month|year|hour|minute), (.*)$/,
      (_, part, what) => `${{ day: "jour", month: "mois", year: "année", hour: "heure", minute: "minute" }[part]}, ${what}`],
    [/^(\d+) – ([A-Z][a-z]+)$/, (_, number, name) => `${number}, ${month(name)}`],
    [/^Selected Date: ([A-Z][a-z]+) (\d+), (\d+)$/, (_, name, day, year) => `Jour choisi : ${day} ${month(name)} ${year}`],
    [/^Selected Time: (.+)$/, (_, time) => `Heure choisie : ${time}`],
    [/^Choose date, (.+)$/, (_, what) => `Calendrier, ${what}`],
    [/^Upload progress(.*)$/, (_, rest) => `Envoi${rest}`],
    [/^Streamlit server is not responding.*$/,
      () => "Le serveur ne répond pas. Cette page reprendra d'elle-même, avec vos choix, dès qu'il répondra ; les"
        + " fichiers que vous avez donnés seront à redonner."],
    [/^Cannot connect to Streamlit.*$/,
      () => "Le serveur refuse la connexion. Rechargez cette page : son adresse garde vos choix."],
    [/^.*File must be ([\d.]+)MB or smaller\.$/, (_, size) => `Fichier trop lourd : au plus ${Math.round(size)} Mo.`],
    [/^(?:Error: )?(?:Network|AxiosError|Request failed).*$/, () => "Le fichier n'est pas arrivé. Donnez-le à nouveau."],
    [/^Number is (?:above|below) the allowed range\. Please enter a value (less|greater) than or equal to (.+)\.$/,
      (_, side, bound) => `Nombre attendu : ${side === "less" ? "au plus" : "au moins"} ${bound}.`],
    [/^.*files? (?:is|are) not allowed\.$/,
      () => "Ce type de fichier n'est pas lu ici : l'aide du champ dit lesquels le sont."],
  ];
  const french = (text) => {
    const words = text.trim();
    if (!words || words.length > 200) return null;
    const found = WORDS.get(words);
    if (found !== undefined) return found === words ? null : text.replace(words, found);
    if (!/^[A-Za-z0-9(]/.test(words)) return null;
    for (const [pattern, write] of PATTERNS) {
      if (!pattern.test(words)) continue;
      const said = words.replace(pattern, write);
      return said === words ? null : said; // what does not change is not written again, without end
    }
    return null;
  };

  // What the lists to choose from announce, where nobody sees it; a name may begin with any letter.
  const ANNOUNCED = [
    [/^(\d+) options? available\.$/, (_, count) => `${count} choix dans la liste.`],
    [/^Entered group (.+), with (\d+) options?\. /, (_, group, count) => `Groupe ${group}, ${count} choix. `],
    [/, selected$/, () => ", choisi"],
  ];
  const announced = (words) => ANNOUNCED.reduce((said, [pattern, write]) => said.replace(pattern, write), words);

  const NAMES = ["aria-label", "aria-valuetext", "placeholder", "title", "aria-placeholder"];
  // What the app and its files say: their words stay, whatever they are.
  const OURS = ".stMarkdown, .stHtml, .stHeading, .stText, .stAlert, .stBidiComponent, [data-testid=stMarkdownContainer],"
    + " [role=gridcell], [role=columnheader], [aria-selected], script, style, textarea";
  const attribute = (element, name) => {
    const words = element.getAttribute(name);
    const said = words && french(words);
    if (said) element.setAttribute(name, said);
  };
  // A table is drawn: what a screen reader is told of its cells is as it is in memory, not as it is shown.
  const number = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 2 });
  const cell = (words) => {
    if (words === "true" || words === "false") return words === "true" ? "oui" : "non";
    return /^-?\d+\.\d+$/.test(words) ? number.format(Number(words)) : null;
  };
  const text = (node) => {
    if (node.parentElement?.matches("canvas [role=gridcell]")) {
      const told = cell(node.data);
      if (told) node.data = told;
      return;
    }
    if (node.parentElement?.closest("[data-live-announcer]")) {
      const told = announced(node.data);
      if (told !== node.data) node.data = told;
      return;
    }
    const said = french(node.data);
    const place = said && node.parentElement;
    if (place && (!place.closest(OURS) || place.closest("[data-testid=stFileUploaderDropzone]"))) node.data = said;
  };
  // Two buttons of the calendar are named "mois" and "année" by a label that hides what they show; its header is no banner.
  const mend = (element) => {
    if (element.matches("[role=application] button[aria-haspopup=listbox][aria-labelledby]")) {
      element.removeAttribute("aria-labelledby");
      element.setAttribute("aria-label", `${/^\d+$/.test(element.textContent) ? "année" : "mois"} : ${element.textContent}`);
    } else if (element.matches("[role=application] header:not([role])")) element.setAttribute("role", "none");
    else if (element.matches("section[role=presentation][aria-label]")) element.setAttribute("role", "group");
  };
  const all = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return text(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = root; node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) {
        text(node);
        continue;
      }
      for (const name of NAMES) if (node.hasAttribute(name)) attribute(node, name);
      mend(node);
    }
  };
  new MutationObserver((changes) => {
    for (const { type, target, attributeName, addedNodes } of changes) {
      if (type === "childList") addedNodes.forEach(all);
      else if (type === "characterData") text(target);
      else {
        if (NAMES.includes(attributeName)) attribute(target, attributeName);
        mend(target);
      }
    }
  }).observe(document.documentElement, {
    subtree: true, childList: true, characterData: true, attributeFilter: [...NAMES, "aria-labelledby", "role"],
  });
  all(document.documentElement);
})();
