#include "sense/log/join.h"

#include "base/wr.h"
#include "sense/log/audit.h"

enum {
	EVENTS_MAX = 8, /* audit events whose records come interleaved */
	ID_MAX_BYTES = 64,
	PLAIN = EVENTS_MAX, /* the slot of other records */
	SLOTS,
};

struct held {
	struct ward_wr text;
	size_t n_line; /* 0: free */
	uint64_t off, line, order;
	char id[ID_MAX_BYTES];
	size_t id_len;
	bool cut;
};

struct ward_join {
	const struct ward_mem *mem;
	enum ward_join_mode mode;
	char mask[WARD_JOIN_MASK_MAX];
	size_t mask_len, line_max;
	struct held held[SLOTS], out;
	uint64_t order;
};

bool ward_join_mode(struct ward_str text, enum ward_join_mode *ret)
{
	if (!text.len || text.len > WARD_JOIN_MASK_MAX)
		return false;
	*ret = ward_str_eqz(text, "indent") ? WARD_JOIN_INDENT : WARD_JOIN_MASK;
	return true;
}

enum ward_err ward_join_new(const struct ward_mem *mem, const struct ward_limits *lim,
	struct ward_str text, struct ward_join **ret)
{
	enum ward_join_mode mode = WARD_JOIN_NONE;
	struct ward_join *j;

	if (text.len && !ward_join_mode(text, &mode))
		return WARD_ERR_CONFIG;
	j = ward_mem_alloc(mem, sizeof(*j));
	if (!j)
		return WARD_ERR_NOMEM;
	j->mem = mem;
	j->mode = mode;
	if (mode == WARD_JOIN_MASK) {
		memcpy(j->mask, text.p, text.len);
		j->mask_len = text.len;
	}
	j->line_max = ward_limit(lim, WARD_LIMIT_LOG_LINES);
	for (size_t i = 0; i < SLOTS; i++)
		j->held[i].text = ward_wr_grow(mem, ward_limit(lim, WARD_LIMIT_LOG_RECORD));
	j->out.text = ward_wr_grow(mem, ward_limit(lim, WARD_LIMIT_LOG_RECORD));
	*ret = j;
	return WARD_OK;
}

void ward_join_free(struct ward_join *j)
{
	if (!j)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		ward_wr_fini(&j->held[i].text);
	ward_wr_fini(&j->out.text);
	ward_mem_free(j->mem, j, sizeof(*j));
}

static bool begins_as(const struct ward_join *j, struct ward_str line)
{
	if (line.len < j->mask_len)
		return false;
	for (size_t i = 0; i < j->mask_len; i++) {
		bool digit = j->mask[i] == '9' && line.p[i] >= '0' && line.p[i] <= '9';

		if (!digit && line.p[i] != j->mask[i])
			return false;
	}
	return true;
}

static bool goes_on(const struct ward_join *j, struct ward_str line)
{
	if (j->mode == WARD_JOIN_MASK)
		return !begins_as(j, line);
	return line.len && (line.p[0] == ' ' || line.p[0] == '\t' ||
				   ward_str_starts(line, WARD_STR("Caused by:")));
}

static void append(struct ward_join *j, struct held *h, struct ward_str line)
{
	size_t before = h->text.len;

	if (h->cut || h->n_line == j->line_max) {
		h->cut = true;
		return;
	}
	if (h->n_line)
		ward_wr_ch(&h->text, '\n');
	ward_wr_str(&h->text, line);
	h->n_line++;
	if (!ward_wr_bad(&h->text))
		return;
	h->text.len = before; /* what does not fit is left out whole */
	h->text.bad = false;
	h->cut = true;
}

static void begin(
	struct ward_join *j, struct held *h, struct ward_str line, uint64_t off, uint64_t number)
{
	ward_wr_reset(&h->text);
	h->n_line = 0;
	h->cut = false;
	h->off = off;
	h->line = number;
	h->order = ++j->order;
	append(j, h, line);
	h->n_line = 1; /* even when it did not fit */
}

/* What is held comes out, and its place is free. */
static bool give(struct ward_join *j, struct held *h, struct ward_joined *ret)
{
	struct held old = j->out;

	j->out = *h;
	*h = old;
	h->n_line = 0;
	*ret = (struct ward_joined){
		ward_wr_text(&j->out.text), j->out.off, j->out.line, j->out.cut};
	return true;
}

static struct held *oldest(struct ward_join *j, size_t n)
{
	struct held *h = NULL;

	for (size_t i = 0; i < n; i++)
		if (j->held[i].n_line && (!h || j->held[i].order < h->order))
			h = &j->held[i];
	return h;
}

static struct held *find(struct ward_join *j, struct ward_str id)
{
	for (size_t i = 0; i < EVENTS_MAX; i++) {
		struct held *h = &j->held[i];

		if (h->n_line && ward_str_eq((struct ward_str){h->id, h->id_len}, id))
			return h;
	}
	return NULL;
}

static struct held *vacant(struct ward_join *j)
{
	for (size_t i = 0; i < EVENTS_MAX; i++)
		if (!j->held[i].n_line)
			return &j->held[i];
	return NULL;
}

static bool alone(struct ward_str line, uint64_t off, uint64_t number, struct ward_joined *ret)
{
	*ret = (struct ward_joined){line, off, number, false};
	return true;
}

static bool audit_line(struct ward_join *j, struct ward_str line,
	const struct ward_audit_head *head, struct ward_joined *at)
{
	struct held *h = find(j, head->id);
	uint64_t off = at->off, number = at->line;
	bool gives = false;

	if (h) {
		append(j, h, line);
		return head->last && give(j, h, at);
	}
	if (head->single || head->id.len > ID_MAX_BYTES)
		return alone(line, off, number, at);
	h = vacant(j);
	if (!h) {
		h = oldest(j, EVENTS_MAX);
		gives = give(j, h, at);
	}
	begin(j, h, line, off, number);
	memcpy(h->id, head->id.p, head->id.len);
	h->id_len = head->id.len;
	return gives;
}

bool ward_join_line(struct ward_join *j, struct ward_str line, uint64_t off, uint64_t number,
	struct ward_joined *ret)
{
	struct held *plain = &j->held[PLAIN];
	struct ward_audit_head head;
	bool gives = false;

	if (ward_audit_line(line, &head)) {
		*ret = (struct ward_joined){.off = off, .line = number};
		return audit_line(j, line, &head, ret);
	}
	if (j->mode == WARD_JOIN_NONE)
		return alone(line, off, number, ret);
	if (plain->n_line && goes_on(j, line)) {
		append(j, plain, line);
		return false;
	}
	if (plain->n_line)
		gives = give(j, plain, ret);
	begin(j, plain, line, off, number);
	return gives;
}

bool ward_join_rest(struct ward_join *j, struct ward_joined *ret)
{
	struct held *h = oldest(j, SLOTS);

	return h && give(j, h, ret);
}

bool ward_join_holds(const struct ward_join *j, uint64_t *ret_off)
{
	bool any = false;

	for (size_t i = 0; i < SLOTS; i++) {
		const struct held *h = &j->held[i];

		if (h->n_line && (!any || h->off < *ret_off)) {
			*ret_off = h->off;
			any = true;
		}
	}
	return any;
}
