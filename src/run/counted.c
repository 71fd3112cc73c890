#include "run/counted.h"

void ward_counted_begin(struct ward_counted *l, uint8_t *buf, size_t cap, uint16_t most)
{
	*l = (struct ward_counted){.w = ward_wr_fixed(buf, cap), .most = most};
}

void ward_counted_from(struct ward_counted *l)
{
	l->at = l->w.len;
	ward_wr_be16(&l->w, 0); /* the count, once it is known */
}

bool ward_counted_add(
	struct ward_counted *l, void (*put)(struct ward_wr *w, const void *item), const void *item)
{
	size_t before = l->w.len;

	if (l->n == l->most)
		return false;
	put(&l->w, item);
	if (ward_wr_bad(&l->w)) {
		l->w.len = before;
		l->w.bad = false;
		return false;
	}
	l->n++;
	return true;
}

struct ward_slice ward_counted_body(struct ward_counted *l)
{
	struct ward_wr count = ward_wr_fixed(l->w.p + l->at, 2);

	ward_wr_be16(&count, l->n);
	return ward_wr_slice(&l->w);
}
