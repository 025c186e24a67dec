// The map of all of France inside a Streamlit page (geo.ui.components.france_map).
// franceStyle and the loaders come from france_tiles.js, placed before this text.
//
// The times arrive here once. The threshold of the page arrives through another component (map_values.js) and the two
// meet in globalThis.maillageMaps, by the name of the map. Names of places are only ever set as text, never as HTML.

const UNKNOWN = 65534;
const OUT_OF_REACH = 65535;
const WITHOUT = "La carte de France ne peut pas s'afficher dans ce navigateur. Le tableau donne les mêmes résultats.";
const TEXTS = {
  "NavigationControl.ZoomIn": "Agrandir",
  "NavigationControl.ZoomOut": "Réduire",
  "AttributionControl.ToggleAttribution": "Afficher les sources",
  "CooperativeGesturesHandler.WindowsHelpText": "Ctrl + molette pour agrandir ou réduire la carte",
  "CooperativeGesturesHandler.MacHelpText": "⌘ + molette pour agrandir ou réduire la carte",
  "CooperativeGesturesHandler.MobileHelpText": "Deux doigts pour déplacer la carte",
};

function createFranceMap(maplibregl, box, root, first, said) {
  const number = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 1 });
  const part = (name) => root.querySelector(`.maillage-${name}`);
  const slider = part("threshold").querySelector("input");
  const goal = (i) => ({ source: "communes", sourceLayer: first.communes, id: i });
  let data = first;
  let times = null;
  let trip = null;
  let flags = null;
  let threshold = Number(slider.value);
  let states = new Uint8Array(said.codes.length);
  let pointed = -1;

  const map = new maplibregl.Map({
    container: box,
    style: franceStyle(first),
    bounds: said.areas[0].bounds,
    fitBoundsOptions: { padding: 4 },
    minZoom: first.zooms[0],
    maxZoom: 12,
    dragRotate: false,
    pitchWithRotate: false,
    cooperativeGestures: true,
    renderWorldCopies: false,
    fadeDuration: 0,
    attributionControl: false,
    locale: { ...TEXTS, "Map.Title": first.label },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-left");
  map.addControl(new maplibregl.AttributionControl({ compact: false }), "top-right"); // no land under it
  map.addControl(new maplibregl.ScaleControl());
  const ready = map.once("style.load").then(() => {
    map.addImage("under", hatching(first.ink, false), { pixelRatio: 2 });
    map.addImage("out-of-reach", hatching(first.ink, true), { pixelRatio: 2 });
  });

  const stateOf = (i) => {
    if (times[i] === OUT_OF_REACH) return 2;
    if (flags) return (flags[i >> 3] >> (i & 7)) & 1;
    return times[i] !== UNKNOWN && times[i] > threshold * data.units ? 1 : 0;
  };

  // Only communes that change side are touched: a move of the threshold draws again in place.
  const showThreshold = (all) => {
    for (let i = 0; i < states.length; i += 1) {
      const state = stateOf(i);
      if (state === states[i] && !all) continue;
      states[i] = state;
      map.setFeatureState(goal(i), all ? { u: state, m: times[i] < UNKNOWN ? times[i] : -1 } : { u: state });
    }
    slider.value = threshold;
    part("threshold").querySelector("span").textContent = `Seuil : ${number.format(threshold)} min`;
    slider.setAttribute("aria-valuetext", `${number.format(threshold)} minutes`);
    map.once("idle", () => { root.dataset.drawn = threshold; });
  };

  const details = (i) => [
    data.trips[trip[i]] ?? "Temps inconnu",
    ...(states[i] ? ["Commune sous-desservie"] : []),
  ];
  const departement = (i) => said.codes[i].slice(0, said.codes[i].startsWith("97") ? 3 : 2);

  const lines = (i) => {
    const content = document.createElement("div");
    for (const [tag, text] of [["strong", `${said.names[i]} (${departement(i)})`], ...details(i).map((t) => ["div", t])]) {
      const line = document.createElement(tag);
      line.textContent = text;
      content.append(line);
    }
    return content;
  };

  // The line under the map: what the keyboard is told of the commune at the centre.
  const showHere = (i) => {
    part("here").textContent = i < 0 ? "" : `${said.names[i]} : ${details(i).join(". ")}. Entrée : répondre ici.`;
  };

  // With the choices of the last run: a move of the threshold changes them and nothing else here.
  const addressOf = (i) => (
    `?${new URLSearchParams({ ...root.wanted.address, territoire: departement(i), commune: said.codes[i] })}`
  );

  // What stays beside a click, with a way to the communes of the département.
  const answered = (i) => {
    const way = document.createElement("a");
    way.href = addressOf(i);
    way.target = "_self";
    way.textContent = `Ouvrir le département ${departement(i)}`;
    const content = lines(i);
    content.append(way);
    content.setAttribute("role", "group");
    content.setAttribute("aria-label", said.names[i]);
    content.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      beside.remove();
      map.getCanvas().focus();
    });
    return content;
  };

  const at = (point) => map.queryRenderedFeatures(point, { layers: ["times"] })[0]?.id ?? -1;
  const centre = () => at(map.project(map.getCenter()));
  const popup = new maplibregl.Popup({ closeButton: false, closeOnClick: false, maxWidth: "18rem", offset: 8 });
  const beside = new maplibregl.Popup({
    closeButton: false, closeOnClick: false, focusAfterOpen: false, maxWidth: "18rem", className: "maillage-beside",
  });
  let stays = -1; // commune that it is about
  beside.on("close", () => { stays = -1; });
  const answer = (i, place, withFocus) => {
    popup.remove();
    beside.remove();
    if (i < 0) return;
    beside.setLngLat(place).setDOMContent(answered(i)).addTo(map);
    stays = i;
    if (withFocus) beside.getElement().querySelector("a").focus();
  };
  const point = (i) => {
    if (i === pointed) return;
    if (pointed >= 0) map.setFeatureState(goal(pointed), { h: false });
    if (i >= 0) map.setFeatureState(goal(i), { h: true });
    pointed = i;
  };
  map.on("mousemove", (event) => {
    const i = at(event.point);
    map.getCanvas().style.cursor = i >= 0 ? "pointer" : "";
    if (i < 0 || i === stays) popup.remove();
    else {
      popup.setLngLat(event.lngLat);
      if (i !== pointed || !popup.isOpen()) popup.setDOMContent(lines(i)).addTo(map);
    }
    point(i);
  });
  map.on("mouseout", () => {
    popup.remove();
    point(-1);
  });
  map.on("click", (event) => {
    const i = at(event.point);
    point(i);
    answer(i, event.lngLat, false);
  });
  map.on("moveend", () => {
    if (box.querySelector("canvas:focus-visible")) showHere(centre());
  });
  map.getCanvas().addEventListener("focus", () => { if (box.querySelector("canvas:focus-visible")) showHere(centre()); });
  map.getCanvas().addEventListener("keydown", (event) => { if (event.key === "Enter") answer(centre(), map.getCenter(), true); });

  const buttons = said.areas.map((area) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = area.name;
    button.onclick = () => {
      buttons.forEach((each) => each.setAttribute("aria-pressed", each === button));
      map.fitBounds(area.bounds, { padding: 4, duration: 0 });
    };
    return button;
  });
  buttons[0].setAttribute("aria-pressed", "true");
  map.on("movestart", (event) => {
    if (event.originalEvent) buttons.forEach((each) => each.setAttribute("aria-pressed", "false"));
  });
  part("areas").replaceChildren(...buttons);

  const show = (next) => {
    data = next;
    times = numbersOf(next.minutes);
    trip = numbersOf(next.trip);
    flags = next.under ? bytesOf(next.under) : null;
    part("threshold").hidden = Boolean(flags);
    const lost = said.codes.map((_, i) => i).filter((i) => times[i] === OUT_OF_REACH);
    map.setFilter("out-of-reach", lost.length ? ["match", ["get", "i"], lost, true, false] : false);
    showThreshold(true);
    if (stays >= 0) beside.setDOMContent(answered(stays));
  };
  const setThreshold = (minutes) => {
    if (minutes === threshold) return;
    threshold = minutes;
    if (times) showThreshold(false);
    if (stays >= 0) beside.setDOMContent(answered(stays));
  };
  const followChoices = () => {
    if (stays >= 0) beside.getElement().querySelector("a").href = addressOf(stays);
  };
  slider.oninput = () => setThreshold(Number(slider.value));
  slider.onchange = () => { if (data.tell) root.send("threshold", Number(slider.value)); };
  return { map, ready, show, setThreshold, followChoices };
}

async function openFranceMap(root, box, data) {
  const [maplibregl, list] = await Promise.all([
    loadMapLibre(data.maplibre),
    fetchUnpacked(`${data.files}/${data.list}`),
    loadMapStyle(data.maplibre, root),
  ]);
  if (!list) throw new Error(`${data.list} is not there`);
  addTiles(maplibregl);
  const france = createFranceMap(maplibregl, box, root, data, JSON.parse(new TextDecoder().decode(list)));
  await france.ready;
  return france;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".maillage-map");
  // Streamlit calls this function again at each run, and may clean up a call after a newer one began.
  const call = (root.calls = (root.calls ?? 0) + 1);
  root.send = setTriggerValue;
  root.wanted = data;
  const slots = (globalThis.maillageMaps ??= new Map());
  const slot = slots.get(data.name) ?? {};
  slots.set(data.name, slot);
  const close = () => {
    root.france?.map.remove();
    root.france = root.opening = root.said = null;
    delete root.dataset.fingerprint;
    delete slot.draw;
  };
  const cleanup = () => { if (root.calls === call) close(); };
  const show = () => {
    if (root.dataset.fingerprint === root.wanted.fingerprint) {
      root.france.followChoices();
      return;
    }
    root.dataset.fingerprint = root.wanted.fingerprint;
    root.france.show(root.wanted);
  };
  if (root.france) {
    show();
    return cleanup;
  }
  if (root.opening) return cleanup;

  const box = document.createElement("div");
  box.className = "maillage-canvas";
  root.querySelector(".maillage-frame").replaceChildren(box);
  root.querySelector(".maillage-patterns").innerHTML = data.defs;
  root.querySelector(".maillage-key").innerHTML = data.legend; // written by geo.maps.legend, escaped there
  const slider = root.querySelector(".maillage-threshold input");
  [slider.min, slider.max, slider.step] = data.range;
  slider.value = slot.values?.threshold ?? data.range[0];
  const opening = (root.opening = openFranceMap(root, box, data));
  opening
    .then((france) => {
      if (root.opening !== opening) return france.map.remove();
      root.france = france;
      // What the page said already is not said again: a run for another reason leaves the visitor's own threshold.
      slot.draw = ({ threshold }) => {
        if (threshold !== root.said) france.setThreshold(threshold);
        root.said = threshold;
      };
      if (slot.values) slot.draw(slot.values);
      show();
    })
    .catch((error) => {
      console.error(error);
      if (root.opening === opening) box.textContent = WITHOUT;
    });
  return cleanup;
}
