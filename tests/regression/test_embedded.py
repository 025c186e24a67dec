"""The embedded territory's network against networkx, node by node."""

import networkx as nx
import numpy as np

from geo import Territory
from geo.network import nearest_facility


def test_travel_times_are_those_of_networkx():
    network = Territory.load("64").network
    facilities = np.arange(0, network.n_nodes, 97)
    found = nearest_facility(network, facilities)
    against = nx.DiGraph()
    against.add_nodes_from(range(network.n_nodes))
    # Turned round: from the facilities towards the homes. Of parallel roads the fastest counts.
    for start, end, time in zip(network.edge_source, network.edge_target, network.edge_time_s, strict=True):
        known = against.get_edge_data(int(end), int(start), {"weight": np.inf})["weight"]
        against.add_edge(int(end), int(start), weight=min(known, float(time)))
    expected = nx.multi_source_dijkstra_path_length(against, set(facilities.tolist()))
    np.testing.assert_allclose(
        found.travel_time_s, [expected.get(node, np.inf) for node in range(network.n_nodes)], rtol=1e-9
    )
