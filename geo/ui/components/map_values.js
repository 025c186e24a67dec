// Hands the values to the map of communes of the same name (territory_map.js, planning_map.js). Draws nothing itself.

export default function ({ data }) {
  const maps = (globalThis.maillageMaps ??= new Map());
  const slot = maps.get(data.name) ?? {};
  maps.set(data.name, slot);
  slot.values = data.values;
  slot.draw?.(data.values);
}
