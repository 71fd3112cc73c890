#include "comply/order.h"

#include <stdlib.h>

#define FIRST "ward erasing 1"

void ward_order_init(struct ward_order *o, const struct ward_mem *mem)
{
	*o = (struct ward_order){.mem = mem};
}

void ward_order_fini(struct ward_order *o)
{
	ward_mem_free(o->mem, o->item, o->cap * sizeof(*o->item));
	*o = (struct ward_order){.mem = o->mem};
}

enum ward_err ward_order_add(struct ward_order *o, const struct ward_order_item *item)
{
	enum ward_err err = ward_mem_more(
		o->mem, (void *)&o->item, o->n, &o->cap, sizeof(*o->item), WARD_ORDER_ITEMS);

	if (!err)
		o->item[o->n++] = *item;
	return err;
}

static int by_place(const void *a, const void *b)
{
	const struct ward_order_item *x = a, *y = b;

	if (x->of != y->of)
		return x->of < y->of ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return ward_id_cmp(x->id, y->id);
}

void ward_order_sort(struct ward_order *o)
{
	if (o->n)
		qsort(o->item, o->n, sizeof(*o->item), by_place);
}

/* ---- as text ---- */

static void put_item(struct ward_wr *w, const struct ward_order_item *i)
{
	switch (i->of) {
	case WARD_ORDER_RECORD:
		ward_wr_printf(w, "record %llu\n", (unsigned long long)i->number);
		break;
	case WARD_ORDER_ROW:
		ward_wr_printf(w, "row %u %llu\n", i->kind, (unsigned long long)i->number);
		break;
	case WARD_ORDER_CLIP:
		ward_wr_z(w, "clip ");
		ward_id_write(w, i->id);
		ward_wr_ch(w, '\n');
		break;
	case WARD_ORDER_OF_N:
		break;
	}
}

void ward_order_write(const struct ward_order *o, enum ward_order_of of, struct ward_wr *w)
{
	ward_wr_z(w, FIRST "\nrequest ");
	ward_id_write(w, o->request);
	ward_wr_ch(w, '\n');
	for (size_t i = 0; i < o->n; i++)
		if (o->item[i].of == of)
			put_item(w, &o->item[i]);
}

static bool item_of(struct ward_str line, struct ward_order_item *ret)
{
	struct ward_str word = ward_str_cut(&line, ' ');
	uint64_t kind;

	*ret = (struct ward_order_item){.of = WARD_ORDER_OF_N};
	if (ward_str_eqz(word, "record")) {
		ret->of = WARD_ORDER_RECORD;
		return ward_str_u64(line, &ret->number);
	}
	if (ward_str_eqz(word, "row")) {
		ret->of = WARD_ORDER_ROW;
		if (!ward_str_u64(ward_str_cut(&line, ' '), &kind) || kind > UINT8_MAX)
			return false;
		ret->kind = (unsigned)kind;
		return ward_str_u64(line, &ret->number);
	}
	ret->of = WARD_ORDER_CLIP;
	return ward_str_eqz(word, "clip") && ward_id_parse(line, &ret->id);
}

static enum ward_err read_lines(struct ward_order *o, struct ward_str text)
{
	struct ward_str line = ward_str_cut(&text, '\n');
	struct ward_order_item item;
	enum ward_err err = WARD_OK;

	if (!ward_str_eqz(line, FIRST))
		return WARD_ERR_MALFORMED;
	line = ward_str_cut(&text, '\n');
	if (!ward_str_eqz(ward_str_cut(&line, ' '), "request") || !ward_id_parse(line, &o->request))
		return WARD_ERR_MALFORMED;
	while (!err && text.p && text.len) {
		line = ward_str_cut(&text, '\n');
		err = item_of(line, &item) ? ward_order_add(o, &item) : WARD_ERR_MALFORMED;
	}
	return err;
}

enum ward_err ward_order_read(struct ward_order *o, struct ward_slice bytes)
{
	enum ward_err err =
		bytes.len > WARD_ORDER_BYTES
			? WARD_ERR_LIMIT
			: read_lines(o, (struct ward_str){(const char *)bytes.p, bytes.len});

	if (err)
		ward_order_fini(o);
	ward_order_sort(o);
	return err;
}

/* ---- asked ---- */

/* The first that is not before it; n: none. */
static size_t at_least(const struct ward_order *o, const struct ward_order_item *item)
{
	size_t lo = 0, hi = o->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (by_place(&o->item[mid], item) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool ward_order_has(const struct ward_order *o, const struct ward_order_item *item)
{
	size_t i = at_least(o, item);

	return i < o->n && by_place(&o->item[i], item) == 0;
}

bool ward_order_next(const struct ward_order *o, enum ward_order_of of, unsigned kind,
	uint64_t number, uint64_t *ret)
{
	size_t i = at_least(o, &(struct ward_order_item){.of = of, .kind = kind, .number = number});

	if (i == o->n || o->item[i].of != of || o->item[i].kind != kind)
		return false;
	*ret = o->item[i].number;
	return true;
}

static const struct ward_str of_request = {"request ", sizeof("request ") - 1};

void ward_order_rule(struct ward_id request, char ret[WARD_ORDER_RULE])
{
	struct ward_wr w = ward_wr_fixed(ret, WARD_ORDER_RULE - 1);

	memset(ret, 0, WARD_ORDER_RULE);
	ward_wr_str(&w, of_request);
	ward_id_write(&w, request);
}

bool ward_order_is_rule(struct ward_str rule)
{
	size_t at = ward_str_find(rule, of_request);
	struct ward_id id;

	return at != SIZE_MAX &&
	       ward_id_parse(ward_str_sub(rule, at + of_request.len, rule.len), &id);
}
