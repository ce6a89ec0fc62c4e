"""One function a chart: a frame and its caption in, a Plotly figure out. No query, no widget."""
