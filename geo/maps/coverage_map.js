// Draws a coverage on a Leaflet map. Shared by the screens and by the exported HTML file.
//
// createCoverageMap(L, map, base, onSelect) draws the communes and returns {update}.
//   base    what never changes (geo.maps.payload.map_base)
//   values  what does (geo.maps.payload.map_values), given to update(values)
//   onSelect(code, by) is called when a commune is clicked, or asked for with the key Enter; it may be left out.
// The answer about a commune stands beside the click, in a popup, until another click or the key Escape. A commune that
// is chosen without a click is answered for by the page around, where there is one (onSelect).
// Names of places are only ever set as text, never as HTML.

function createCoverageMap(L, map, base, onSelect) {
  const number = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 1 });
  let values = null;
  let drawn = []; // style last given to each commune, to touch only those that change

  const styleOf = (i) => {
    const cls = values.classes[i];
    const hatched = values.under_served[i];
    const plain = cls < 0 ? base.unknown : base.colours[cls];
    const selected = i === values.selected;
    return {
      fillColor: hatched ? `url(#${base.hatched}${cls})` : plain,
      fillOpacity: 0.88,
      color: selected ? "#d6006e" : values.under_served[i] ? base.ink : "#8b949a",
      weight: selected ? 4 : values.under_served[i] ? 1.8 : 0.7,
      dashArray: values.under_served[i] && !selected ? "5 3" : null,
      rank: selected ? 2 : values.under_served[i] ? 1 : 0,
    };
  };

  const lines = (title, details) => {
    const box = document.createElement("div");
    const heading = document.createElement("strong");
    heading.textContent = title;
    box.append(heading);
    for (const text of details) {
      const line = document.createElement("div");
      line.textContent = text;
      box.append(line);
    }
    return box;
  };

  const describeCommune = (i) => {
    const { name, population } = base.communes.features[i].properties;
    const site = base.facilities[values.list][values.nearest[i]];
    return lines(name, [
      values.trips[values.trip[i]],
      ...(values.far[i] !== null ? [`Point à ${number.format(values.far[i] / 1000)} km d'une route`] : []),
      ...(site ? [`Le plus proche : ${site.name}`] : []),
      population === null ? "Population inconnue" : `${number.format(population)} habitants`,
      ...(values.under_served[i] ? ["Commune sous-desservie"] : []),
    ]);
  };

  const popup = L.popup({ closeButton: false, maxWidth: 260, className: "maillage-beside" });
  let answered = -1; // commune that the popup is about
  const answer = (i, place) => {
    answered = i;
    popup.setLatLng(place).setContent(describeCommune(i)).openOn(map);
  };
  const choose = (i, place, by) => {
    communes[i].closeTooltip();
    if (by === "keyboard" && onSelect) popup.close();
    else answer(i, place);
    onSelect?.(base.communes.features[i].properties.code, by);
  };
  map.on("popupclose", () => { answered = -1; });
  // The keyboard: the commune under the sign at the centre of the map.
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== map.getContainer() || !values) return;
    const centre = map.getCenter();
    const point = map.latLngToLayerPoint(centre);
    const i = communes.findIndex((layer) =>
      layer.getBounds().contains(centre) && layer.getElement()?.isPointInFill(new DOMPoint(point.x, point.y)));
    if (i >= 0) choose(i, centre, "keyboard");
  });

  const communes = [];
  L.geoJSON(base.communes, {
    style: { className: "maillage-commune" },
    onEachFeature: (feature, layer) => {
      const i = communes.push(layer) - 1;
      layer.bindTooltip(() => describeCommune(i), { sticky: true });
      layer.on("tooltipopen", () => { if (i === answered) layer.closeTooltip(); });
      // A tooltip makes its shape a stop of the Tab key: hundreds of stops that do nothing.
      layer.on("add", () => layer.getElement().setAttribute("tabindex", "-1"));
      layer.on("click", ({ latlng }) => choose(i, latlng, "pointer"));
    },
  }).addTo(map);

  const markers = L.layerGroup().addTo(map);
  const drawFacilities = () => {
    markers.clearLayers();
    for (const site of base.facilities[values.list]) {
      const marker = base.markers[site.kind];
      const counted = !values.excluded.includes(site.kind);
      const icon = L.divIcon({
        className: `maillage-site maillage-site-${site.kind}`,
        html: counted ? marker.counted : marker.excluded,
        iconSize: [16, 16],
      });
      const details = [marker.label + (counted ? "" : " (affiché, non compté)"), ...(site.place ? [site.place] : []),
        ...(site.comment ? [site.comment] : []), ...(site.website ? [site.website] : [])];
      L.marker([site.lat, site.lon], { icon, keyboard: false })
        .bindTooltip(() => lines(site.name, details))
        .addTo(markers);
    }
  };

  const update = (next) => {
    const facilitiesChange = !values || values.list !== next.list || `${values.excluded}` !== `${next.excluded}`;
    const former = values?.selected ?? -1;
    values = { selected: -1, ...next };
    communes.forEach((layer, i) => {
      const style = styleOf(i);
      const key = JSON.stringify(style);
      if (drawn[i] === key) return;
      drawn[i] = key;
      layer.setStyle(style);
      layer.getElement()?.classList.toggle("maillage-under-served", Boolean(values.under_served[i]));
    });
    for (const rank of [1, 2]) {
      communes.forEach((layer, i) => { if (styleOf(i).rank === rank) layer.bringToFront(); });
    }
    if (facilitiesChange) drawFacilities();
    // Chosen elsewhere, in the table or the list: the answer is there.
    const { selected } = values;
    if (selected !== former && selected !== answered) popup.close();
    else if (answered >= 0) popup.setContent(describeCommune(answered));
  };

  // Seen from far, outlines and markers are drawn finer (coverage_map.css).
  const markFar = () => map.getContainer().classList.toggle("maillage-far", map.getZoom() < 8.4);
  map.on("zoomend", markFar);

  // First view: the communes whose time is known, all of them if none is.
  const show = (first) => {
    const known = communes.filter((_, i) => first.classes[i] >= 0);
    const bounds = L.latLngBounds((known.length ? known : communes).map((layer) => layer.getBounds()));
    map.fitBounds(bounds, { padding: [8, 8] });
    markFar();
  };
  return { show, update };
}
