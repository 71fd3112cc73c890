#include "sense/video/measure.h"

#include "base/wide.h"

#include <math.h>

enum {
	BLOCK = 4,
	CELLS = WARD_MEASURE_CELLS * WARD_MEASURE_CELLS,
	WHITE = 230,
	STRONG_PERCENT = 10,
	SEEN_OF = 16, /* such a part of the picture, at least */
	NOISE = 4,    /* grey levels between neighbours that are none */
};

static const float texture = 0.7F; /* grey levels of edges per pixel: a cell with less has none */
static const float dead_below = 0.25F;

/* A block, in blocks from the upper left. */
struct place {
	uint16_t x, y;
};

struct ward_measurer {
	const struct ward_mem *mem;
	unsigned w, h, bw, bh;
	size_t cap, n;       /* blocks; those that are seen */
	struct place *place; /* of those */
	float *light, *edge; /* of the picture; n each, as all below */
	float *before;       /* light of the picture before */
	float *ref_light, *ref_edge;
	float *some; /* to select from */
	uint16_t column_light[WARD_IMAGE_SIDE_MAX], column_edge[WARD_IMAGE_SIDE_MAX];
	bool has_before, has_ref;
};

static size_t planes(struct ward_measurer *m, float **of[6])
{
	of[0] = &m->light;
	of[1] = &m->edge;
	of[2] = &m->before;
	of[3] = &m->ref_light;
	of[4] = &m->ref_edge;
	of[5] = &m->some;
	return 6;
}

/* All its pixels are seen, and those right and down of it, which its steps lead to. */
static bool is_seen(const struct ward_measurer *m, const uint8_t *unseen, unsigned bx, unsigned by)
{
	unsigned x0 = bx * BLOCK, y0 = by * BLOCK;

	for (unsigned y = y0; unseen && y <= y0 + BLOCK && y < m->h; y++)
		for (unsigned x = x0; x <= x0 + BLOCK && x < m->w; x++)
			if (unseen[(size_t)y * m->w + x])
				return false;
	return true;
}

static void find_places(struct ward_measurer *m, const uint8_t *unseen)
{
	for (unsigned by = 0; by < m->bh; by++)
		for (unsigned bx = 0; bx < m->bw; bx++)
			if (is_seen(m, unseen, bx, by))
				m->place[m->n++] = (struct place){(uint16_t)bx, (uint16_t)by};
}

enum ward_err ward_measurer_new(const struct ward_mem *mem, unsigned w, unsigned h,
	const uint8_t *unseen, struct ward_measurer **ret)
{
	struct ward_measurer *m = ward_mem_alloc(mem, sizeof(*m));
	float **of[6];

	if (!m)
		return WARD_ERR_NOMEM;
	*m = (struct ward_measurer){.mem = mem, .w = w, .h = h, .bw = w / BLOCK, .bh = h / BLOCK};
	m->cap = (size_t)m->bw * m->bh;
	m->place = ward_mem_alloc(mem, m->cap * sizeof(*m->place));
	bool ok = m->place != NULL;

	for (size_t i = 0, n = planes(m, of); i < n; i++) {
		*of[i] = ward_mem_alloc(mem, m->cap * sizeof(float));
		ok = ok && *of[i];
	}
	if (!ok) {
		ward_measurer_free(m);
		return WARD_ERR_NOMEM;
	}
	find_places(m, unseen);
	*ret = m;
	return WARD_OK;
}

void ward_measurer_free(struct ward_measurer *m)
{
	float **of[6];

	if (!m)
		return;
	for (size_t i = 0, n = planes(m, of); i < n; i++)
		ward_mem_free(m->mem, *of[i], m->cap * sizeof(float));
	ward_mem_free(m->mem, m->place, m->cap * sizeof(*m->place));
	ward_mem_free(m->mem, m, sizeof(*m));
}

bool ward_measurer_sees(const struct ward_measurer *m)
{
	return m->n >= m->cap / SEEN_OF && m->n;
}

/* to[n] grows by the steps from a to b that are more than noise, which a covered camera has the
 * most of. */
static void add_steps(
	uint16_t *restrict to, const uint8_t *restrict a, const uint8_t *restrict b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint8_t d = (uint8_t)(a[i] > b[i] ? a[i] - b[i] : b[i] - a[i]);

		d = d > NOISE ? d : NOISE;
		to[i] = (uint16_t)(to[i] + d - NOISE);
	}
}

/* Of each column of a row of blocks, sums of brightness and of steps right and down. */
static WARD_WIDE void columns(struct ward_measurer *m, const uint8_t *y, size_t by)
{
	size_t n = (size_t)m->bw * BLOCK;
	/* at the last block the steps stay inside the picture */
	size_t n_right = n < m->w ? n : n - BLOCK;
	bool down = (by + 1) * BLOCK < m->h;

	memset(m->column_light, 0, sizeof(m->column_light));
	memset(m->column_edge, 0, sizeof(m->column_edge));
	for (size_t r = 0; r < BLOCK; r++) {
		const uint8_t *p = y + (by * BLOCK + r) * m->w;

		ward_bytes_add(m->column_light, p, n);
		add_steps(m->column_edge, p, p + 1, n_right);
		if (down)
			add_steps(m->column_edge, p, p + m->w, n);
	}
}

/* The means of each block that is seen. */
static void blocks(struct ward_measurer *m, const uint8_t *y)
{
	size_t by = SIZE_MAX;

	for (size_t i = 0; i < m->n; i++) {
		const uint16_t *light = m->column_light + (size_t)m->place[i].x * BLOCK;
		const uint16_t *edge = m->column_edge + (size_t)m->place[i].x * BLOCK;
		int sum = 0, steps = 0;

		if (by != m->place[i].y) {
			by = m->place[i].y;
			columns(m, y, by);
		}
		for (size_t c = 0; c < BLOCK; c++) {
			sum += light[c];
			steps += edge[c];
		}
		m->light[i] = (float)sum / (BLOCK * BLOCK);
		m->edge[i] = (float)steps / (BLOCK * BLOCK);
	}
}

static float mean_of(const float *a, size_t n)
{
	float sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i];
	return sum / (float)n;
}

/* Pearson's; 0 where one of them is even. */
static float correlation(const float *a, const float *b, size_t n)
{
	float ma = mean_of(a, n), mb = mean_of(b, n), ab = 0, aa = 0, bb = 0;

	for (size_t i = 0; i < n; i++) {
		float da = a[i] - ma, db = b[i] - mb;

		ab += da * db;
		aa += da * da;
		bb += db * db;
	}
	return aa > 0 && bb > 0 ? ab / sqrtf(aa * bb) : 0;
}

/* Hoare's selection (1961); the middle as pivot, so that sorted input is no bad case. */
float ward_quantile(float *a, size_t n, float share)
{
	size_t k = (size_t)(share * (float)(n - 1)), from = 0, to = n - 1;

	while (from < to) {
		float pivot = a[from + (to - from) / 2];
		size_t i = from, j = to;

		for (;;) {
			while (a[i] < pivot)
				i++;
			while (a[j] > pivot)
				j--;
			if (i >= j)
				break;
			float t = a[i];

			a[i++] = a[j];
			a[j--] = t;
		}
		if (k <= j)
			to = j;
		else
			from = j + 1;
	}
	return a[k];
}

static float sharpness(struct ward_measurer *m)
{
	float strong;
	size_t n = 0;

	memcpy(m->some, m->ref_edge, m->n * sizeof(float));
	strong = ward_quantile(m->some, m->n, 1 - STRONG_PERCENT / 100.0F);
	if (strong <= texture)
		return 1; /* there is nothing that could be sharp */
	for (size_t i = 0; i < m->n; i++)
		if (m->ref_edge[i] >= strong)
			m->some[n++] = m->edge[i] / m->ref_edge[i];
	return ward_quantile(m->some, n, 0.5F);
}

static unsigned dead_cells(const struct ward_measurer *m)
{
	float now[CELLS] = {0}, ref[CELLS] = {0};
	unsigned count[CELLS] = {0}, dead = 0;

	for (size_t i = 0; i < m->n; i++) {
		size_t c = (size_t)m->place[i].y * WARD_MEASURE_CELLS / m->bh * WARD_MEASURE_CELLS +
			   (size_t)m->place[i].x * WARD_MEASURE_CELLS / m->bw;

		now[c] += m->edge[i];
		ref[c] += m->ref_edge[i];
		count[c]++;
	}
	for (size_t c = 0; c < CELLS; c++)
		dead += ref[c] > texture * (float)count[c] && now[c] < dead_below * ref[c];
	return dead;
}

void ward_measure(struct ward_measurer *m, const uint8_t *y, struct ward_measure *ret)
{
	float mean, square = 0, change = 0, ref;
	size_t n_white = 0;

	blocks(m, y);
	if (!m->has_ref) {
		memcpy(m->ref_light, m->light, m->n * sizeof(float));
		memcpy(m->ref_edge, m->edge, m->n * sizeof(float));
		m->has_ref = true;
	}
	mean = mean_of(m->light, m->n);
	for (size_t i = 0; i < m->n; i++) {
		square += (m->light[i] - mean) * (m->light[i] - mean);
		n_white += m->light[i] >= WHITE;
		change += fabsf(m->light[i] - m->before[i]);
	}
	ref = mean_of(m->ref_edge, m->n);
	*ret = (struct ward_measure){.mean = mean,
		.deviation = sqrtf(square / (float)m->n),
		.bright = (float)n_white / (float)m->n,
		.energy = ref > 0 ? mean_of(m->edge, m->n) / ref : 1,
		.like_edges = correlation(m->edge, m->ref_edge, m->n),
		.like_light = correlation(m->light, m->ref_light, m->n),
		.moving = m->has_before ? change / (float)m->n : 255,
		.dead = dead_cells(m)};
	ret->sharp = sharpness(m);
	memcpy(m->before, m->light, m->n * sizeof(float));
	m->has_before = true;
}

const float *ward_measurer_light(const struct ward_measurer *m)
{
	return m->light;
}

size_t ward_measurer_blocks(const struct ward_measurer *m)
{
	return m->n;
}

void ward_measurer_place(const struct ward_measurer *m, size_t i, float *ret_x, float *ret_y)
{
	*ret_x = ((float)m->place[i].x + 0.5F) * BLOCK / (float)m->w;
	*ret_y = ((float)m->place[i].y + 0.5F) * BLOCK / (float)m->h;
}

void ward_measurer_learn(struct ward_measurer *m, float weight)
{
	for (size_t i = 0; i < m->n; i++) {
		m->ref_light[i] += weight * (m->light[i] - m->ref_light[i]);
		m->ref_edge[i] += weight * (m->edge[i] - m->ref_edge[i]);
	}
}
