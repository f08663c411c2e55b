// int64_emulated: function library.
