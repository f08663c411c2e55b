// float64_native: function library.
