"""The program in a browser: a page, a websocket, and a pseudo-terminal for each tab."""
