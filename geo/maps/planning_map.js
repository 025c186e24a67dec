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
  const SIGN = 26;
  const icon = (place, [x, y]) => {
    if (!place.sign) {
      return L.divIcon({ className: "maillage-site", html: base.markers[place.kind].counted, iconSize: [16, 16] });
    }
    const sign = document.createElement("span");
    sign.textContent = place.sign;
    return L.divIcon({
      className: `maillage-sign maillage-sign-${place.tone}`, html: sign, iconSize: [SIGN, SIGN],
      iconAnchor: [SIGN / 2 - x, SIGN / 2 - y],
    });
  };
  // What is proposed lies on top, and stays where it is: labels, then stops, then places of another plan.
  const height = (place) => !place.sign ? 0 : place.tone === "compared" ? 1000 : place.tone === "stop" ? 1500 : 2000;
  // How far each sign is drawn from its place, in pixels, so that none hides another at this scale.
  const WAYS = Array.from({ length: 16 }, (_, way) => [Math.cos(way * Math.PI / 8), Math.sin(way * Math.PI / 8)]);
  const aside = (signs) => {
    const taken = [];
    const away = ([x, y], [u, v]) => Math.hypot(x - u, y - v);
    const free = (here) => taken.every((there) => away(here, there) >= SIGN - 0.5);
    return new Map([...signs].sort((one, other) => height(other) - height(one)).map((place) => {
      const { x, y } = map.latLngToLayerPoint([place.lat, place.lon]);
      const near = taken.filter((there) => away([x, y], there) < SIGN);
      const around = near.flatMap(([u, v]) => WAYS.map(([c, s]) => [u + SIGN * c, v + SIGN * s]));
      const [first] = [[x, y], ...around].filter(free).sort((one, other) => away(one, [x, y]) - away(other, [x, y]));
      const there = first ?? [x, y];
      taken.push(there);
      return [place, [there[0] - x, there[1] - y]];
    }));
  };
  const drawPlaces = () => {
    places.clearLayers();
    const moved = aside(values.markers.filter((place) => place.sign));
    for (const place of values.markers) {
      const shift = moved.get(place) ?? [0, 0];
      if (Math.hypot(...shift) > SIGN / 2) {
        const end = map.layerPointToLatLng(map.latLngToLayerPoint([place.lat, place.lon]).add(shift));
        L.polyline([[place.lat, place.lon], end], { color: base.ink, weight: 1.5, interactive: false }).addTo(places);
      }
      L.marker([place.lat, place.lon], { icon: icon(place, shift), keyboard: false, zIndexOffset: height(place) })
        .bindTooltip(() => lines(place.name, [place.detail]))
        .on("click", () => { if (values.clicks === "site") ask("site", place.facility_id); })
        .addTo(places);
    }
  };
  map.on("zoomend", () => { if (values !== null) drawPlaces(); });

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
      // A sign, there or put by a click, is never under the buttons of the map, on its left.
      const signs = next.clicks || next.markers.some((place) => place.sign);
      map.fitBounds(bounds, signs ? { paddingTopLeft: [58, 20], paddingBottomRight: [20, 20] } : { padding: [8, 8] });
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
