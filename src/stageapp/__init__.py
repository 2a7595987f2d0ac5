"""Stage-App: learning at the workplace, recorded by the student and guided by the teacher."""
