// float64: function library.
