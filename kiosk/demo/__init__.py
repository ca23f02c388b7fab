"""The product's first ninety seconds: a hub, a kiosk and a made video of a gate."""
