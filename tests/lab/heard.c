#include "lab/heard.h"

void lab_heard_init(struct lab_heard *h)
{
	memset(h, 0, sizeof(*h));
	ward_limits_default(&h->lim);
	ward_counters_init(&h->counters);
	WARD_ASSERT(ward_names_init(&h->names, ward_mem_heap(), &h->lim) == WARD_OK);
	ward_poll_plan_init(&h->plan, ward_mem_heap(), &h->lim);
	h->now = (struct ward_poll_now){1800000000 * WARD_NS_PER_S, 1000 * WARD_NS_PER_S};
}

void lab_heard_fini(struct lab_heard *h)
{
	ward_poll_plan_fini(&h->plan);
	ward_names_fini(&h->names);
}

enum ward_err lab_heard_put(void *ctx, const struct ward_event *e)
{
	struct lab_heard *h = ctx;
	struct ward_wr w = ward_wr_fixed(h->text + h->len, LAB_HEARD_TEXT - h->len - 1);

	h->n_event++;
	if (h->quiet)
		return WARD_OK;
	ward_wr_str(&w, ward_name_text(&h->names, e->class));
	for (size_t i = 0; i < e->n_field; i++) {
		const struct ward_value *v = &e->field[i].v;

		ward_wr_printf(
			&w, " %.*s=", WARD_STR_ARG(ward_name_text(&h->names, e->field[i].name)));
		bool list = v->kind == WARD_VALUE_LIST;

		for (uint32_t k = 0; k < (list ? v->n : 1); k++) {
			const struct ward_value *one = list ? &v->item[k] : v;

			ward_wr_z(&w, k ? "," : "");
			if (one->kind == WARD_VALUE_INT)
				ward_wr_i64(&w, one->i);
			else
				ward_wr_str(&w, one->s);
		}
	}
	ward_wr_ch(&w, ';');
	WARD_ASSERT(!ward_wr_bad(&w));
	h->len += w.len;
	h->text[h->len] = 0;
	return WARD_OK;
}

void lab_heard_point(struct lab_heard *h, const char *id, const char *address, double scale)
{
	struct ward_poll_point p = {ward_str_z(id), WARD_STR("Cel"), ward_str_z(address), scale, 0};

	WARD_ASSERT(ward_poll_plan_add(&h->plan, &p) == WARD_OK);
}

size_t lab_heard_count(const struct lab_heard *h, const char *what)
{
	size_t n = 0;

	for (const char *at = h->text; (at = strstr(at, what)) != NULL; at += strlen(what))
		n++;
	return n;
}

void lab_heard_forget(struct lab_heard *h)
{
	h->len = h->n_event = 0;
	h->text[0] = 0;
}

void lab_heard_wait(struct lab_heard *h, ward_ns due)
{
	ward_ns last = h->now.mono;

	h->now.mono = due > last ? due : last + WARD_NS_PER_MS;
	h->now.wall += h->now.mono - last;
}
