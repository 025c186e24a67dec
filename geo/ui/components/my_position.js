// "Ma position": asks the browser where it is, and says in French why it could not.

const REASONS = {
  1: "Vous avez refusé, ou votre navigateur refuse, de donner votre position. Écrivez plutôt votre commune.",
  2: "Votre appareil n'a pas pu trouver sa position. Écrivez plutôt votre commune.",
  3: "Votre appareil a mis trop de temps à trouver sa position. Réessayez, ou écrivez votre commune.",
};

export default function ({ parentElement, setTriggerValue }) {
  const button = parentElement.querySelector("button");
  const said = parentElement.querySelector("p");
  const end = (words) => {
    button.removeAttribute("aria-busy");
    said.textContent = words;
  };
  button.onclick = () => {
    if (!globalThis.isSecureContext || !navigator.geolocation) {
      end("Ici, votre navigateur ne peut pas donner votre position. Écrivez plutôt votre commune.");
      return;
    }
    button.setAttribute("aria-busy", "true");
    said.textContent = "Recherche de votre position…";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        end("");
        setTriggerValue("position", { lon: coords.longitude, lat: coords.latitude });
      },
      ({ code }) => end(REASONS[code] ?? REASONS[2]),
      { timeout: 15000, maximumAge: 60000 },
    );
  };
}
