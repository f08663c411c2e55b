// int64_native: function library.
