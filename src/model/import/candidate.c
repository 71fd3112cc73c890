#include "model/import/import.h"

#include "model/addr.h"

enum { TEXT_MAX = 512, WORDS_MAX = 4096, ID_MAX = 100 };

static const char *const cell_name[WARD_CELL_N] = {
#define X(NAME, name, ref) [WARD_CELL_##NAME] = name,
	WARD_CELL_LIST(X)
#undef X
};

const char *ward_cell_name(enum ward_cell c)
{
	WARD_ASSERT((unsigned)c < WARD_CELL_N);
	return cell_name[c];
}

bool ward_cell_is_ref(enum ward_cell c)
{
	static const bool is_ref[WARD_CELL_N] = {
#define X(NAME, name, ref) [WARD_CELL_##NAME] = ref,
		WARD_CELL_LIST(X)
#undef X
	};

	WARD_ASSERT((unsigned)c < WARD_CELL_N);
	return is_ref[c];
}

void ward_candidates_init(
	struct ward_candidates *c, const struct ward_mem *mem, const struct ward_limits *lim)
{
	size_t max = ward_limit(lim, WARD_LIMIT_MODEL_BYTES);

	*c = (struct ward_candidates){.mem = mem};
	ward_arena_init(&c->arena, mem, max);
	ward_intern_init(&c->refs, mem, WARD_CANDIDATES_MAX, max);
	ward_intern_init(&c->passed_ids, mem, 4096, 1 << 20);
}

void ward_candidates_fini(struct ward_candidates *c)
{
	ward_mem_free(c->mem, c->node, c->cap_node * sizeof(*c->node));
	ward_mem_free(c->mem, c->rel, c->cap_rel * sizeof(*c->rel));
	ward_mem_free(c->mem, c->passed, c->cap_passed * sizeof(*c->passed));
	ward_intern_fini(&c->refs);
	ward_intern_fini(&c->passed_ids);
	ward_arena_fini(&c->arena);
}

static bool ok(struct ward_candidates *c, enum ward_err err)
{
	if (err && !c->err)
		c->err = err;
	return err == WARD_OK;
}

static struct ward_str keep(struct ward_candidates *c, struct ward_str s)
{
	struct ward_str copy = ward_arena_str(&c->arena, s);

	if (!copy.p) {
		(void)ok(c, WARD_ERR_NOMEM);
		return (struct ward_str){"", 0};
	}
	return copy;
}

/* At most max bytes, cut between characters; what drives a terminal becomes a blank. */
static struct ward_str keep_plain(struct ward_candidates *c, struct ward_str s, size_t max)
{
	if (s.len > max) {
		s.len = max;
		while (s.len && ((unsigned char)s.p[s.len] & 0xc0) == 0x80)
			s.len--;
	}
	s = ward_str_trim(s);
	char *to = ward_arena_raw(&c->arena, s.len + 1);

	if (!to) {
		(void)ok(c, WARD_ERR_NOMEM);
		return (struct ward_str){"", 0};
	}
	for (size_t i = 0; i < s.len; i++)
		to[i] = (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ? ' ' : s.p[i];
	to[s.len] = 0;
	return (struct ward_str){to, s.len};
}

uint32_t ward_candidate_add(struct ward_candidates *c, enum ward_node_kind kind,
	struct ward_str ref, struct ward_str file, uint32_t line)
{
	size_t n = c->refs.n;
	uint32_t i;

	if (c->err ||
		!ok(c, ward_mem_more(c->mem, &c->node, n, &c->cap_node, sizeof(*c->node),
			       WARD_CANDIDATES_MAX)) ||
		!ok(c, ward_intern_put(&c->refs, ref, &i)))
		return WARD_NONE;
	if (i < n)
		return i;
	c->node[i] = (struct ward_candidate_node){.kind = kind,
		.ref = ward_intern_at(&c->refs, i),
		.id = {"", 0},
		.file = keep(c, file),
		.line = line};
	for (unsigned k = 0; k < WARD_CELL_N; k++)
		c->node[i].cell[k] = (struct ward_str){"", 0};
	return i;
}

void ward_candidate_id(struct ward_candidates *c, uint32_t i, struct ward_str text)
{
	char buf[ID_MAX];
	size_t n = 0;

	if (i == WARD_NONE)
		return;
	for (size_t k = 0; k < text.len && n < sizeof(buf); k++) {
		char ch = text.p[k];

		if (ch >= 'A' && ch <= 'Z')
			ch = (char)(ch + 32);
		bool letter = (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9');

		if (letter)
			buf[n++] = ch;
		else if (n && (ch == '.' || ch == '_'))
			buf[n++] = ch;
		else if (n && buf[n - 1] != '-')
			buf[n++] = '-';
	}
	while (n && (buf[n - 1] == '-' || buf[n - 1] == '.'))
		n--;
	c->node[i].id = keep(c, (struct ward_str){buf, n});
}

static bool has_word(struct ward_str words, struct ward_str w)
{
	for (struct ward_str rest = words; rest.p && rest.len;)
		if (ward_str_ieq(ward_str_cut(&rest, ' '), w))
			return true;
	return false;
}

/* One form for one address. */
static struct ward_str canonical(enum ward_cell cell, struct ward_str s, char buf[46])
{
	struct ward_wr w = ward_wr_fixed(buf, 46);
	struct ward_addr ip;
	uint8_t mac[6];

	if (cell == WARD_CELL_IP && ward_addr_parse(s, &ip))
		return ward_addr_text(&ip, buf);
	if (cell != WARD_CELL_MAC || !ward_addr_mac(s, mac))
		return s;
	for (size_t i = 0; i < sizeof(mac); i++)
		ward_wr_printf(&w, "%s%02x", i ? ":" : "", mac[i]);
	return ward_wr_text(&w);
}

static void add_word(struct ward_candidates *c, struct ward_str *to, struct ward_str w)
{
	char buf[WORDS_MAX];
	struct ward_wr wr = ward_wr_fixed(buf, sizeof(buf));

	if (has_word(*to, w))
		return;
	ward_wr_str(&wr, *to);
	if (to->len)
		ward_wr_ch(&wr, ' ');
	ward_wr_str(&wr, w);
	if (ward_wr_bad(&wr))
		ward_candidate_pass(c, WARD_STR("key beyond 4 KiB of one node"));
	else
		*to = keep(c, ward_wr_text(&wr));
}

/* Would the directory take it? What is no such word is counted and left out. */
static bool fits(struct ward_candidates *c, enum ward_cell cell, struct ward_str s)
{
	struct ward_addr ip;
	struct ward_cidr cidr;
	uint8_t mac[6];
	int64_t v;
	bool host_bits = false, fine = true;

	if (cell == WARD_CELL_IP)
		fine = ward_addr_parse(s, &ip);
	else if (cell == WARD_CELL_MAC)
		fine = ward_addr_mac(s, mac);
	else if (cell == WARD_CELL_CIDR)
		fine = ward_addr_cidr(s, &cidr, &host_bits) && !host_bits;
	else if (cell == WARD_CELL_LEVEL)
		fine = ward_str_i64(s, &v) && v >= -50 && v <= 500;
	else if (cell == WARD_CELL_VLAN)
		fine = ward_str_i64(s, &v) && v >= 1 && v <= 4094;
	else if (cell == WARD_CELL_CRITICALITY)
		fine = ward_str_i64(s, &v) && v >= 1 && v <= 5;
	if (!fine) {
		char buf[64];
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

		ward_wr_printf(&w, "%s that is none", ward_cell_name(cell));
		ward_candidate_pass(c, ward_wr_text(&w));
	}
	return fine;
}

void ward_candidate_set(
	struct ward_candidates *c, uint32_t i, enum ward_cell cell, struct ward_str text)
{
	text = ward_str_trim(text);
	if (i == WARD_NONE || c->err || !text.len)
		return;
	struct ward_str *to = &c->node[i].cell[cell];
	bool words = cell == WARD_CELL_IP || cell == WARD_CELL_MAC || cell == WARD_CELL_KEYS ||
		     cell == WARD_CELL_CIDR;

	if (!words) {
		if (!to->len && fits(c, cell, text))
			*to = keep_plain(c, text, TEXT_MAX);
		return;
	}
	for (struct ward_str rest = text; rest.p && rest.len;) {
		struct ward_str w = ward_str_cut(&rest, ' ');
		char buf[46];

		if (w.len && fits(c, cell, w))
			add_word(c, to, keep_plain(c, canonical(cell, w, buf), TEXT_MAX));
	}
}

void ward_candidate_assume(
	struct ward_candidates *c, uint32_t i, enum ward_cell cell, const char *text)
{
	if (i == WARD_NONE || c->node[i].cell[cell].len)
		return;
	ward_candidate_set(c, i, cell, ward_str_z(text));
	c->node[i].assumed |= 1u << cell;
}

void ward_candidate_key(
	struct ward_candidates *c, uint32_t i, const char *kind, struct ward_str text)
{
	char buf[256];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	text = ward_str_trim(text);
	if (i == WARD_NONE || !text.len)
		return;
	for (size_t k = 0; k < text.len; k++)
		if ((unsigned char)text.p[k] <= ' ' || text.p[k] == 0x7f || text.p[k] == ',') {
			ward_candidate_pass(c, WARD_STR("key with blanks or commas"));
			return;
		}
	ward_wr_z(&w, kind);
	ward_wr_ch(&w, ':');
	ward_wr_str(&w, text);
	if (ward_wr_bad(&w))
		ward_candidate_pass(c, WARD_STR("key beyond 255 bytes"));
	else
		ward_candidate_set(c, i, WARD_CELL_KEYS, ward_wr_text(&w));
}

void ward_candidate_relate(struct ward_candidates *c, struct ward_str from, enum ward_rel_type type,
	struct ward_str to, struct ward_str file, uint32_t line)
{
	if (c->err || !ok(c, ward_mem_more(c->mem, &c->rel, c->n_rel, &c->cap_rel, sizeof(*c->rel),
				     WARD_CANDIDATE_RELS_MAX)))
		return;
	c->rel[c->n_rel++] =
		(struct ward_candidate_rel){keep(c, from), keep(c, to), type, keep(c, file), line};
}

void ward_candidate_pass(struct ward_candidates *c, struct ward_str what)
{
	size_t n = c->passed_ids.n;
	uint32_t i;

	/* Its table may be full of names: then the rest is counted under one. */
	if (n >= 4000)
		what = WARD_STR("other");
	if (c->err ||
		!ok(c, ward_mem_more(
			       c->mem, &c->passed, n, &c->cap_passed, sizeof(*c->passed), 4096)) ||
		!ok(c, ward_intern_put(&c->passed_ids, ward_str_sub(what, 0, 200), &i)))
		return;
	if (i == n)
		c->passed[i] = (struct ward_passed){ward_intern_at(&c->passed_ids, i), 0};
	c->passed[i].n++;
}
