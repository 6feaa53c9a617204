# test programs and drivers that belong to no single layer
