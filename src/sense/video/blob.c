#include "sense/video/blob.h"

/* A run of set pixels in one row. */
struct run {
	uint16_t x0, x1, y; /* x1 is outside */
	uint32_t root;      /* union-find; a root names itself */
};

struct ward_blob_finder {
	const struct ward_mem *mem;
	unsigned w, h;
	struct run *run; /* n_run of cap */
	size_t n_run, cap;
	struct ward_blob *all; /* by root: cap */
};

enum ward_err ward_blob_finder_new(
	const struct ward_mem *mem, unsigned w, unsigned h, struct ward_blob_finder **ret)
{
	struct ward_blob_finder *f = ward_mem_alloc(mem, sizeof(*f));

	WARD_ASSERT(w && h && w <= WARD_IMAGE_SIDE_MAX && h <= WARD_IMAGE_SIDE_MAX);
	if (!f)
		return WARD_ERR_NOMEM;
	/* a row has at most every other pixel as a run */
	*f = (struct ward_blob_finder){.mem = mem, .w = w, .h = h, .cap = (w + 1) / 2 * (size_t)h};
	f->run = ward_mem_alloc(mem, f->cap * sizeof(*f->run));
	f->all = ward_mem_alloc(mem, f->cap * sizeof(*f->all));
	if (!f->run || !f->all) {
		ward_blob_finder_free(f);
		return WARD_ERR_NOMEM;
	}
	*ret = f;
	return WARD_OK;
}

void ward_blob_finder_free(struct ward_blob_finder *f)
{
	if (!f)
		return;
	ward_mem_free(f->mem, f->run, f->cap * sizeof(*f->run));
	ward_mem_free(f->mem, f->all, f->cap * sizeof(*f->all));
	ward_mem_free(f->mem, f, sizeof(*f));
}

static uint32_t root_of(struct run *run, uint32_t i)
{
	while (run[i].root != i) {
		run[i].root = run[run[i].root].root; /* halves the path */
		i = run[i].root;
	}
	return i;
}

/* The lower number wins, so that a root is the first run of its part. */
static void unite(struct run *run, uint32_t a, uint32_t b)
{
	a = root_of(run, a);
	b = root_of(run, b);
	if (a < b)
		run[b].root = a;
	else
		run[a].root = b;
}

/* The runs of one row. */
static void scan_row(struct ward_blob_finder *f, const uint8_t *row, unsigned y)
{
	const uint8_t *end = row + f->w, *from = row, *to;

	for (; from < end && (from = memchr(from, 1, (size_t)(end - from))); from = to) {
		to = memchr(from, 0, (size_t)(end - from));
		to = to ? to : end;
		f->run[f->n_run] = (struct run){(uint16_t)(from - row), (uint16_t)(to - row),
			(uint16_t)y, (uint32_t)f->n_run};
		f->n_run++;
	}
}

/* Runs [above, here) are of the row before, [here, n_run) of this one: both in order of x. */
static void connect(struct ward_blob_finder *f, size_t above, size_t here)
{
	size_t a = above, b = here;

	while (a < here && b < f->n_run) {
		/* touching at a corner counts */
		if (f->run[a].x0 <= f->run[b].x1 && f->run[b].x0 <= f->run[a].x1)
			unite(f->run, (uint32_t)a, (uint32_t)b);
		if (f->run[a].x1 < f->run[b].x1)
			a++;
		else
			b++;
	}
}

static void collect(struct ward_blob_finder *f)
{
	for (uint32_t i = 0; i < f->n_run; i++) {
		const struct run *r = &f->run[i];
		uint32_t root = root_of(f->run, i), n = (uint32_t)(r->x1 - r->x0);
		struct ward_box box = {r->x0, r->y, r->x1, (float)(r->y + 1)};
		struct ward_blob *b = &f->all[root];

		if (root == i)
			*b = (struct ward_blob){.box = box, .label = root};
		b->box = ward_box_around(b->box, box);
		b->area += n;
		b->sx += (uint32_t)(r->x0 + r->x1 - 1) * n / 2;
		b->sy += r->y * n;
	}
}

/* Keeps the largest when there are more than there is room for. */
static void keep(struct ward_blobs *ret, const struct ward_blob *b)
{
	size_t least = 0;

	if (ret->n < WARD_BLOBS_MAX) {
		ret->at[ret->n++] = *b;
		return;
	}
	ret->n_left_out++;
	for (size_t i = 1; i < ret->n; i++)
		if (ret->at[i].area < ret->at[least].area)
			least = i;
	if (ret->at[least].area >= b->area)
		return;
	memmove(&ret->at[least], &ret->at[least + 1], (ret->n - least - 1) * sizeof(ret->at[0]));
	ret->at[ret->n - 1] = *b;
}

void ward_blobs_find(
	struct ward_blob_finder *f, const uint8_t *mask, uint32_t min_area, struct ward_blobs *ret)
{
	size_t above = 0;

	f->n_run = 0;
	ret->n = ret->n_left_out = 0;
	for (unsigned y = 0; y < f->h; y++) {
		size_t here = f->n_run;

		scan_row(f, mask + (size_t)y * f->w, y);
		connect(f, above, here);
		above = here;
	}
	collect(f);
	for (uint32_t i = 0; i < f->n_run; i++)
		if (f->run[i].root == i && f->all[i].area >= min_area)
			keep(ret, &f->all[i]);
}

void ward_blob_paint(const struct ward_blob_finder *f, const struct ward_blob *b, uint8_t *area)
{
	memset(area, 0, (size_t)f->w * f->h);
	for (uint32_t i = 0; i < f->n_run; i++)
		if (root_of(f->run, i) == b->label)
			memset(area + (size_t)f->run[i].y * f->w + f->run[i].x0, 1,
				(size_t)(f->run[i].x1 - f->run[i].x0));
}

static bool one_person(struct ward_box a, struct ward_box b, float gap)
{
	float wa = a.x1 - a.x0, wb = b.x1 - b.x0;
	float beside = (a.x1 < b.x1 ? a.x1 : b.x1) - (a.x0 > b.x0 ? a.x0 : b.x0);
	float between = (a.y0 > b.y0 ? a.y0 : b.y0) - (a.y1 < b.y1 ? a.y1 : b.y1);

	return beside > 0.5F * (wa < wb ? wa : wb) && between <= gap;
}

void ward_blobs_join(struct ward_blobs *b, float gap)
{
	for (size_t i = 0; i < b->n; i++)
		for (size_t k = i + 1; k < b->n; k++) {
			if (!one_person(b->at[i].box, b->at[k].box, gap))
				continue;
			b->at[i].box = ward_box_around(b->at[i].box, b->at[k].box);
			b->at[i].area += b->at[k].area;
			b->at[i].sx += b->at[k].sx;
			b->at[i].sy += b->at[k].sy;
			memmove(&b->at[k], &b->at[k + 1], (b->n - k - 1) * sizeof(b->at[0]));
			b->n--;
			k = i; /* the box grew: look at all again */
		}
}
