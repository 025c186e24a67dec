// Draws classes of communes and places on a Leaflet map. Shared by the screens and by the exported HTML files.
//
// createPlanningMap(L, map, base, ask) returns draw(values).
//   base    what never changes (geo.maps.payload.map_base)
//   values  what does (geo.maps.planning_values.planning_values)
//   ask(what, value) is called for a click that asks something (values.clicks).
// Names of places are only ever set as text, never as HTML.

function createPlanningMap(L, map, base, ask) {
  let values = null;
  let drawn = [];

  const lines = (title, details) => {
    const box = document.createElement("div");
    const heading = document.createElement("strong");
    heading.textContent = title;
    box.append(heading);
    for (const text of details.filter(Boolean)) {
      const line = document.createElement("div");
      line.textContent = text;
      box.append(line);
    }
    return box;
  };

  const communes = [];
  L.geoJSON(base.communes, {
    style: { className: "maillage-commune" },
    onEachFeature: (feature, layer) => {
      const i = communes.push(layer) - 1;
      layer.bindTooltip(() => lines(feature.properties.name, values.lines[i]), { sticky: true });
      // A tooltip makes its shape a stop of the Tab key: hundreds of stops that do nothing.
      layer.on("add", () => layer.getElement().setAttribute("tabindex", "-1"));
    },
  }).addTo(map);

  const places = L.layerGroup().addTo(map);
  const icon = (place) => {
    if (!place.sign) {
      return L.divIcon({ className: "maillage-site", html: base.markers[place.kind].counted, iconSize: [16, 16] });
    }
    const sign = document.createElement("span");
    sign.textContent = place.sign;
    return L.divIcon({ className: `maillage-sign maillage-sign-${place.tone}`, html: sign, iconSize: [26, 26] });
  };
  const drawPlaces = () => {
    places.clearLayers();
    for (const place of values.markers) {
      L.marker([place.lat, place.lon], { icon: icon(place), keyboard: false, zIndexOffset: !place.sign ? 0 : /^[A-Z]$/.test(place.sign) ? 1000 : place.tone === "stop" ? 1500 : 2000 /* what is proposed lies on top */ })
        .bindTooltip(() => lines(place.name, [place.detail]))
        .on("click", () => { if (values.clicks === "site") ask("site", place.facility_id); })
        .addTo(places);
    }
  };

  map.on("click", ({ latlng }) => {
    const { lat, lng: lon } = latlng.wrap();
    if (values?.clicks === "position") ask("position", { lon, lat });
  });

  const markFar = () => map.getContainer().classList.toggle("maillage-far", map.getZoom() < 8.4);
  map.on("zoomend", markFar);

  return (next) => {
    if (values === null) {
      // The first view; shapes are only drawn once the map has one.
      const known = communes.filter((_, i) => next.classes[i] < next.fills.length - 1);
      const bounds = L.latLngBounds((known.length ? known : communes).map((layer) => layer.getBounds()));
      map.fitBounds(bounds, { padding: [8, 8] });
      markFar();
    }
    values = next;
    communes.forEach((layer, i) => {
      const outlined = values.outlined[i];
      const style = {
        fillColor: values.fills[values.classes[i]],
        fillOpacity: 0.88,
        color: outlined ? base.ink : "#8b949a",
        weight: outlined ? 1.8 : 0.7,
        dashArray: outlined ? "5 3" : null,
      };
      const key = JSON.stringify(style);
      if (drawn[i] === key) return;
      drawn[i] = key;
      layer.setStyle(style);
      layer.getElement()?.setAttribute("data-class", values.classes[i]);
      if (outlined) layer.bringToFront();
    });
    drawPlaces();
    map.getContainer().classList.toggle("maillage-aim", values.clicks === "position");
  };
}
