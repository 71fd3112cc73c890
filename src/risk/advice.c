#include "risk/advice.h"

enum { BYTES_MAX = 1 << 28 };

const char *ward_advice_status_name(enum ward_advice_status s)
{
	static const char *const name[WARD_ADVICE_N] = {
		"affected", "under_investigation", "fixed", "not_affected"};

	return s < WARD_ADVICE_N ? name[s] : "";
}

void ward_advices_init(
	struct ward_advices *a, const struct ward_mem *mem, const struct ward_limits *lim)
{
	*a = (struct ward_advices){.mem = mem, .lim = lim};
	ward_arena_init(&a->arena, mem, BYTES_MAX);
	ward_intern_init(&a->cves, mem, WARD_ADVICE_CVES, BYTES_MAX);
}

void ward_advices_fini(struct ward_advices *a)
{
	if (!a->mem)
		return;
	ward_mem_free(a->mem, a->product, a->cap_product * sizeof(*a->product));
	ward_mem_free(a->mem, a->advice, a->cap_advice * sizeof(*a->advice));
	ward_mem_free(a->mem, a->cve, a->cap_cve * sizeof(*a->cve));
	ward_intern_fini(&a->cves);
	ward_arena_fini(&a->arena);
	*a = (struct ward_advices){0};
}

static enum ward_err own(struct ward_advices *a, struct ward_str **text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!text[i]->len) {
			*text[i] = WARD_STR("");
			continue;
		}
		*text[i] = ward_arena_str(&a->arena, *text[i]);
		if (!text[i]->p)
			return WARD_ERR_NOMEM;
	}
	return WARD_OK;
}

enum ward_err ward_advices_product(
	struct ward_advices *a, const struct ward_product *p, uint32_t *ret)
{
	enum ward_err err = ward_mem_more(a->mem, &a->product, a->n_product, &a->cap_product,
		sizeof(*a->product), WARD_ADVICE_PRODUCTS);

	if (err)
		return err;
	struct ward_product *own_p = &a->product[a->n_product];
	struct ward_str *text[] = {&own_p->vendor, &own_p->name, &own_p->range, &own_p->cpe,
		&own_p->purl, &own_p->label, &own_p->asset, &own_p->part};

	*own_p = *p;
	err = own(a, text, WARD_ARRAY_LEN(text));
	if (!err)
		*ret = (uint32_t)a->n_product++;
	return err;
}

enum ward_err ward_advices_add(struct ward_advices *a, const struct ward_advice *x)
{
	enum ward_err err = ward_mem_more(a->mem, &a->advice, a->n_advice, &a->cap_advice,
		sizeof(*a->advice), WARD_ADVICES_MAX);

	if (err)
		return err;
	struct ward_advice *own_x = &a->advice[a->n_advice];
	struct ward_str *text[] = {&own_x->fix, &own_x->url, &own_x->source, &own_x->file};

	*own_x = *x;
	err = own(a, text, WARD_ARRAY_LEN(text));
	if (!err)
		a->n_advice++;
	return err;
}

enum ward_err ward_advices_cve(struct ward_advices *a, struct ward_str id, uint32_t *ret)
{
	size_t before = a->cves.n;
	enum ward_err err = ward_intern_put(&a->cves, id, ret);

	if (!err && a->cves.n > before) {
		err = ward_mem_more(
			a->mem, &a->cve, before, &a->cap_cve, sizeof(*a->cve), WARD_ADVICE_CVES);
		if (!err)
			a->cve[before] = (struct ward_cve){.epss_micro = -1};
	}
	return err;
}

bool ward_cvss_parse(struct ward_str s, int64_t *ret_micro)
{
	int64_t micro;

	s = ward_str_trim(s);
	if (ward_str_eqz(s, "10") || ward_str_eqz(s, "10.0")) {
		*ret_micro = 10000000;
		return true;
	}
	/* one digit before the point: its value below 1 stands behind "0." */
	if (!s.len || s.p[0] < '0' || s.p[0] > '9' || (s.len > 1 && s.p[1] != '.') || s.len > 4 ||
		s.len == 2)
		return false;
	micro = (s.p[0] - '0') * (int64_t)1000000;
	for (size_t i = 2, unit = 100000; i < s.len; i++, unit /= 10) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		micro += (s.p[i] - '0') * (int64_t)unit;
	}
	*ret_micro = micro;
	return true;
}

char ward_cvss_vector(struct ward_str s)
{
	size_t at = ward_str_find(s, WARD_STR("AV:"));

	return at != SIZE_MAX && at + 3 < s.len && strchr("NALP", s.p[at + 3]) ? s.p[at + 3] : 0;
}

static bool is_json(struct ward_slice text)
{
	struct ward_str s = ward_str_trim(ward_slice_text(text));

	return s.len && (s.p[0] == '{' || s.p[0] == '[');
}

enum ward_err ward_advices_read(struct ward_advices *a, struct ward_str file,
	struct ward_slice text, struct ward_diag *diag)
{
	size_t before = diag->n_error;
	const struct ward_conf *doc;
	struct ward_arena scratch;
	struct ward_csv t;
	enum ward_err err;

	ward_arena_init(&scratch, a->mem, BYTES_MAX);
	if (is_json(text)) {
		err = ward_conf_json(&scratch, a->lim, file, 1, text, diag, &doc);
		if (!err)
			err = ward_advices_csaf(a, file, doc, diag);
	} else {
		err = ward_conf_csv(&scratch, a->lim, file, text, diag, &t);
		if (!err)
			err = ward_advices_table(a, &t, diag);
	}
	if (err == WARD_ERR_LIMIT && diag->n_error == before)
		ward_diag_addf(diag, WARD_DIAG_ERROR, file, 0,
			WARD_TEXT("more products or vulnerabilities than Ward keeps\ngive fewer "
				  "files"));
	ward_arena_fini(&scratch);
	if (err == WARD_ERR_LIMIT)
		err = WARD_ERR_CONFIG;
	return !err && diag->n_error > before ? WARD_ERR_CONFIG : err;
}
