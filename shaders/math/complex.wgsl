// complex: function library.
