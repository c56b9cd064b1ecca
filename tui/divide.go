package tui

import "image"

// A share is what a part of a divided rectangle gets, its edges not counted: a
// smallest size, and how much of what is left over.
type share struct{ min, weight int }

// divide splits a length of cells among shares. When there is too little, the
// largest parts give way first.
func divide(length int, shares []share) []int {
	sizes := make([]int, len(shares))
	left, weights := length, 0
	for i, s := range shares {
		sizes[i] = s.min
		left -= s.min
		weights += s.weight
	}
	for ; left < 0; left++ {
		largest := 0
		for i := range sizes {
			if sizes[i] >= sizes[largest] {
				largest = i
			}
		}
		sizes[largest]--
	}
	for i, s := range shares {
		if weights == 0 {
			break
		}
		part := left * s.weight / weights
		sizes[i] += part
		left -= part
		weights -= s.weight
	}
	sizes[len(sizes)-1] += left
	return sizes
}

// rows cuts a framed rectangle into framed rectangles one above the other.
func rows(r image.Rectangle, shares ...share) []image.Rectangle {
	var parts []image.Rectangle
	y := r.Min.Y
	for _, size := range divide(r.Dy()-1-len(shares), shares) {
		parts = append(parts, image.Rect(r.Min.X, y, r.Max.X, y+size+2))
		y += size + 1
	}
	return parts
}

// columns cuts a framed rectangle into framed rectangles side by side.
func columns(r image.Rectangle, shares ...share) []image.Rectangle {
	var parts []image.Rectangle
	x := r.Min.X
	for _, size := range divide(r.Dx()-1-len(shares), shares) {
		parts = append(parts, image.Rect(x, r.Min.Y, x+size+2, r.Max.Y))
		x += size + 1
	}
	return parts
}
