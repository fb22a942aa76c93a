"""The onboarding wizard."""
