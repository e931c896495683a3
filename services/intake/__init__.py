"""What comes in from other systems by itself: alerts become incidents."""
