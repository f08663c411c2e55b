// integer: function library.
