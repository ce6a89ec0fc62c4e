"""Show: the Streamlit app, which reads the published release only."""
