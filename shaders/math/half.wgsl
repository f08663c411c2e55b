// half: function library.
