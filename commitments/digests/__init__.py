"""Mail to subscribers: what it says (build), how it looks (render), and that it is sent once (deliver)."""
