/* A bundle read back: bytes of anybody. Each line must be exactly what bundle.c writes. */
#include "audit/bundle.h"

#include "base/rd.h"

enum { HEADS_MAX = 1 << 20, RECORD_NULL = 4 };

struct joint {
	uint64_t from, to;
};

struct checking {
	struct ward_rd r; /* of the whole */
	const struct ward_mem *mem;
	struct ward_trail trail;
	struct ward_bundle_seen *seen;
	const struct ward_code *code;
	bool code_met;
	uint64_t n_leaf, last_row, lines;
	struct ward_head *head; /* n_head */
	size_t n_head, cap_head;
	struct joint *joint; /* that hold */
	size_t n_joint, cap_joint;
};

static bool lit(struct ward_rd *r, const char *text)
{
	size_t n = strlen(text);

	if (ward_rd_left(r) < n || memcmp(r->p + r->off, text, n) != 0)
		return false;
	ward_rd_skip(r, n);
	return true;
}

static struct ward_str until(struct ward_rd *r, char end)
{
	size_t n = 0;

	while (n < ward_rd_left(r) && r->p[r->off + n] != (uint8_t)end)
		n++;
	return ward_slice_text(ward_rd_bytes(r, n));
}

/* As it is written: no sign, no leading zero. */
static bool number(struct ward_rd *r, uint64_t *ret)
{
	size_t n = 0;

	while (n < ward_rd_left(r) && r->p[r->off + n] >= '0' && r->p[r->off + n] <= '9')
		n++;
	struct ward_str s = ward_slice_text(ward_rd_bytes(r, n));

	return n && (n == 1 || s.p[0] != '0') && ward_str_u64(s, ret);
}

static bool is_lower_hex(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return true;
}

static bool hex(struct ward_rd *r, uint8_t *ret, size_t len)
{
	struct ward_str s = ward_slice_text(ward_rd_bytes(r, 2 * len));

	return !ward_rd_bad(r) && is_lower_hex(s) && ward_str_unhex(s, ret, len);
}

static bool path(struct ward_rd *r, struct ward_hash ret[WARD_LEDGER_PROOF], size_t *ret_n)
{
	size_t n = 0;

	if (!lit(r, ",\"path\":["))
		return false;
	while (!lit(r, "]")) {
		if (n == WARD_LEDGER_PROOF || !lit(r, n ? ",\"" : "\"") ||
			!hex(r, ret[n].b, sizeof(ret[n].b)) || !lit(r, "\""))
			return false;
		n++;
	}
	*ret_n = n;
	return true;
}

static void fault(struct checking *c, const char *what, uint64_t row)
{
	c->seen->n_fault++;
	c->trail.fault(c->trail.ctx, what, row);
}

static enum ward_err read_head(struct checking *c, struct ward_rd *line)
{
	uint64_t row;
	struct ward_head h;

	if (!number(line, &row) || !lit(line, ",\"record\":") || ward_rd_left(line) < 1)
		return WARD_ERR_MALFORMED;
	struct ward_str json = ward_slice_text(ward_rd_bytes(line, ward_rd_left(line) - 1));

	if (!lit(line, "}") || ward_head_read(json, &h))
		return WARD_ERR_MALFORMED;
	c->seen->n_head++;
	enum ward_err err = ward_trail_head(&c->trail, json, row);

	if (!err)
		err = ward_mem_more(
			c->mem, &c->head, c->n_head, &c->cap_head, sizeof(h), HEADS_MAX);
	if (err)
		return err;
	c->head[c->n_head++] = h;
	if (h.what == WARD_HEAD_TREE)
		c->seen->top = h;
	c->code_met |= c->code && ward_code_fits(c->code, h.tree.n, &h.tree.root);
	return WARD_OK;
}

static const struct ward_head *head_of(const struct checking *c, uint64_t n)
{
	for (size_t i = c->n_head; i-- > 0;)
		if (c->head[i].tree.n == n && c->head[i].what != WARD_HEAD_BREAK &&
			ward_hash_eq(&c->head[i].tree.log, &c->seen->top.tree.log))
			return &c->head[i];
	return NULL;
}

static enum ward_err read_consistency(struct checking *c, struct ward_rd *line)
{
	struct ward_hash p[WARD_LEDGER_PROOF];
	struct joint j;
	size_t n;

	if (!number(line, &j.from) || !lit(line, ",\"to\":") || !number(line, &j.to) ||
		!path(line, p, &n) || !lit(line, "}"))
		return WARD_ERR_MALFORMED;
	const struct ward_head *from = head_of(c, j.from), *to = head_of(c, j.to);

	if (!from || !to) {
		fault(c, "a proof between heads that are not here", 0);
		return WARD_OK;
	}
	if (!ward_ledger_verify_consistency(&from->tree, &to->tree, p, n)) {
		fault(c, "a later head does not go on from an earlier one", 0);
		return WARD_OK;
	}
	enum ward_err err =
		ward_mem_more(c->mem, &c->joint, c->n_joint, &c->cap_joint, sizeof(j), HEADS_MAX);

	if (!err)
		c->joint[c->n_joint++] = j;
	return err;
}

struct row {
	struct ward_store_row is; /* json.p NULL: erased */
	struct ward_hash commitment, path[WARD_LEDGER_PROOF];
	uint8_t salt[WARD_LEDGER_SALT];
	size_t n_path;
	bool has_salt;
};

static bool read_members(struct ward_rd *line, struct row *x)
{
	uint64_t kind, revision, time;
	bool ok = number(line, &x->is.row) && lit(line, ",\"row_kind\":") && number(line, &kind) &&
		  kind <= WARD_ROW_KIND_LAST && lit(line, ",\"id\":\"") &&
		  ward_id_parse(until(line, '"'), &x->is.id) && lit(line, "\",\"revision\":") &&
		  number(line, &revision) && revision <= UINT32_MAX && lit(line, ",\"time\":");
	bool before = ok && lit(line, "-"); /* 1970 */

	ok = ok && number(line, &time) && time <= INT64_MAX && lit(line, ",\"salt\":\"");
	if (!ok)
		return false;
	x->is.kind = (enum ward_row_kind)kind;
	x->is.revision = (uint32_t)revision;
	x->is.time = before ? -(int64_t)time : (int64_t)time;
	x->has_salt = !lit(line, "\"");
	return (!x->has_salt || (hex(line, x->salt, sizeof(x->salt)) && lit(line, "\""))) &&
	       lit(line, ",\"commitment\":\"") &&
	       hex(line, x->commitment.b, sizeof(x->commitment.b)) && lit(line, "\"") &&
	       path(line, x->path, &x->n_path) && lit(line, ",\"record\":") &&
	       ward_rd_left(line) > 1;
}

static void check_row(struct checking *c, const struct row *x)
{
	const struct ward_tree_head *top = &c->seen->top.tree;
	struct ward_hash want, leaf;

	if (x->is.row <= c->last_row)
		fault(c, "rows are not in their order, or one comes twice", x->is.row);
	if (x->is.json.p) {
		ward_store_commitment(&x->is, x->salt, &want);
		if (!ward_hash_eq(&want, &x->commitment))
			fault(c, "a row is not what its leaf says", x->is.row);
	}
	if (c->seen->whole) {
		if (x->is.row != c->last_row + 1)
			fault(c, "rows are missing before this one", x->is.row);
		ward_trail_leaf(&c->trail, &x->commitment);
	} else {
		ward_ledger_leaf(ward_slice_of(x->commitment.b, sizeof(x->commitment.b)), &leaf);
		if (x->is.row < 1 || !ward_ledger_verify_inclusion(&leaf, x->is.row - 1, top->n,
					     x->path, x->n_path, &top->root))
			fault(c, "a row that is not in the signed tree", x->is.row);
	}
	c->last_row = x->is.row;
}

static enum ward_err read_row(struct checking *c, struct ward_rd *line)
{
	struct row x = {.n_path = 0};

	if (!c->seen->top.tree.is_signed || !read_members(line, &x))
		return WARD_ERR_MALFORMED;
	struct ward_str json = ward_slice_text(ward_rd_bytes(line, ward_rd_left(line) - 1));
	bool erased = ward_str_eqz(json, "null");

	if (!lit(line, "}") || erased == x.has_salt || json.len > WARD_ROW_JSON_MAX ||
		(c->seen->whole && x.n_path))
		return WARD_ERR_MALFORMED;
	x.is.json = erased ? (struct ward_str){NULL, 0} : json;
	c->seen->n_row++;
	c->seen->n_erased += erased;
	check_row(c, &x);
	return WARD_OK;
}

static enum ward_err read_first(struct checking *c)
{
	struct ward_rd line = ward_rd_slice(ward_str_bytes(until(&c->r, '\n')));
	struct ward_id id;

	if (!lit(&c->r, "\n") || !lit(&line, "{\"what\":\"bundle\",\"version\":1,\"of\":\""))
		return WARD_ERR_MALFORMED;
	struct ward_str of = until(&line, '"');

	c->seen->whole = ward_str_eqz(of, "all");
	c->lines = 1;
	return (c->seen->whole || ward_id_parse(of, &id)) && lit(&line, "\",\"leaves\":") &&
			       number(&line, &c->n_leaf) && lit(&line, "}") && !ward_rd_left(&line)
		       ? WARD_OK
		       : WARD_ERR_MALFORMED;
}

/* All of the heads are one history: each that is not the last has its proof. */
static void check_joints(struct checking *c)
{
	for (size_t i = 0; i < c->n_head; i++) {
		const struct ward_head *h = &c->head[i];
		bool ok = h->what == WARD_HEAD_BREAK || h->tree.n == c->seen->top.tree.n ||
			  !ward_hash_eq(&h->tree.log, &c->seen->top.tree.log);

		for (size_t k = 0; k < c->n_joint && !ok; k++)
			ok = c->joint[k].from == h->tree.n && c->joint[k].to == c->seen->top.tree.n;
		if (!ok)
			fault(c, "a head without the proof that the last one goes on from it", 0);
	}
}

static enum ward_err read_end(struct checking *c, struct ward_rd *line, size_t at)
{
	uint8_t sum[32], own[32];
	uint64_t lines;

	if (!number(line, &lines) || !lit(line, ",\"sha256\":\"") || !hex(line, sum, sizeof(sum)) ||
		!lit(line, "\"}") || ward_rd_left(line) || ward_rd_left(&c->r))
		return WARD_ERR_MALFORMED;
	ward_sha256((struct ward_slice){c->r.p, at}, own);
	if (lines != c->lines)
		fault(c, "lines are missing, or too many", 0);
	if (memcmp(sum, own, sizeof(sum)) != 0)
		fault(c, "the file is not as it was written (SHA-256)", 0);
	return WARD_OK;
}

static enum ward_err read_lines(struct checking *c)
{
	enum ward_err err = read_first(c);

	while (!err) {
		size_t at = c->r.off;
		struct ward_rd line = ward_rd_slice(ward_str_bytes(until(&c->r, '\n')));

		c->seen->line = c->lines + 1;
		if (!lit(&c->r, "\n"))
			return WARD_ERR_MALFORMED;
		if (lit(&line, "{\"what\":\"end\",\"lines\":"))
			return read_end(c, &line, at);
		c->lines++;
		if (lit(&line, "{\"what\":\"row\",\"row\":"))
			err = read_row(c, &line);
		else if (c->seen->n_row) /* all the others come before */
			err = WARD_ERR_MALFORMED;
		else if (lit(&line, "{\"what\":\"head\",\"row\":"))
			err = read_head(c, &line);
		else if (lit(&line, "{\"what\":\"consistency\",\"from\":"))
			err = read_consistency(c, &line);
		else
			err = WARD_ERR_MALFORMED;
	}
	return err;
}

static void check_end(struct checking *c)
{
	check_joints(c);
	if (!c->seen->top.tree.is_signed)
		fault(c, "there is no signed head", 0);
	if (c->seen->whole) {
		if (c->last_row != c->seen->top.tree.n)
			fault(c, "rows of the signed tree are missing at the end", 0);
		ward_trail_end(&c->trail);
	} else if (c->code && !c->code_met) {
		fault(c, "no head in here is the one that the witness has", 0);
	}
	c->seen->n_fault += c->trail.n_fault;
}

enum ward_err ward_bundle_check(struct ward_slice bytes, const struct ward_code *code,
	const struct ward_mem *mem, ward_trail_fault_fn fn, void *ctx, struct ward_bundle_seen *ret)
{
	struct checking c = {.r = ward_rd_slice(bytes), .mem = mem, .seen = ret, .code = code};

	*ret = (struct ward_bundle_seen){.line = 1};
	ward_trail_init(&c.trail, mem, fn, ctx);
	enum ward_err err = code ? ward_trail_code(&c.trail, code) : WARD_OK;

	if (!err)
		err = read_lines(&c);
	if (!err)
		check_end(&c);
	ward_trail_fini(&c.trail);
	ward_mem_free(mem, c.head, c.cap_head * sizeof(*c.head));
	ward_mem_free(mem, c.joint, c.cap_joint * sizeof(*c.joint));
	return err || !ret->n_fault ? err : WARD_ERR_CORRUPT;
}
