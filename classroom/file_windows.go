package classroom

// nonblock is nothing here: a file is never a pipe.
const nonblock = 0
