"""The Streamlit app: state, components, screens."""
