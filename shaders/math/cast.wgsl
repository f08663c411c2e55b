// cast: function library.
