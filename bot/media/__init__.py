"""Reference images in, video files out: checked bytes on both ways."""
