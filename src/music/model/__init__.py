"""What a track is: the plan that is asked for and the score that sounds."""
