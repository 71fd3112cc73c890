/* The way through a file and all that lies in it: one stack of openers, whose depth is bounded. */
#include "sense/file/clam.h"
#include "sense/file/coding.h"
#include "sense/file/exam.h"
#include "sense/file/inspector.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	DEPTH_MAX = 64,
	OUT_MAX = 1 << 20,
	PUT_FROM = 1 << 15,
	RATIO_FREE = 16 << 20,                   /* bytes that may be unpacked whatever the ratio */
	REASONS_MOST = WARD_INSPECT_REASONS - 8, /* room for what the cell's keeper says */
	SAID_MOST = 10,                          /* of one kind; in the sum it counts once */
	RULE_MOST = 3,                           /* of one rule */
	SLOW_FROM = 1 << 16, /* bytes: it may take long, and the cell may be ended in it */
};

struct frame {
	struct ward_piece piece;
	const struct ward_opener *opener;
	void *it;
	struct ward_slice behind; /* a ZIP in it that was not given yet */
	char name[WARD_INSPECT_TEXT], type[WARD_INSPECT_TEXT];
};

static void hand_over(struct ward_exam *x, size_t from)
{
	if (x->out.len < from || x->lost)
		return;
	x->lost = ward_wr_bad(&x->out) || !x->put(x->ctx, ward_wr_slice(&x->out));
	x->stop |= x->lost;
	ward_wr_reset(&x->out);
}

/* Said at once: whoever ends this process finds it said. */
static void put_reason(struct ward_exam *x, const struct ward_inspect_reason *r)
{
	x->n_reason++;
	ward_report_put_reason(&x->out, r);
	hand_over(x, 0);
}

void ward_exam_say(struct ward_exam *x, const struct ward_piece *p, enum ward_suspect what,
	struct ward_str a, struct ward_str b)
{
	const struct ward_inspect_reason r = {.part = p->number, .what = what, .a = a, .b = b};

	if (x->n_said[what] >= SAID_MOST || x->n_reason >= REASONS_MOST)
		return;
	x->n_said[what]++;
	put_reason(x, &r);
}

void ward_exam_say1(
	struct ward_exam *x, const struct ward_piece *p, enum ward_suspect what, const char *a)
{
	ward_exam_say(x, p, what, ward_str_z(a), WARD_STR(""));
}

void ward_exam_say0(struct ward_exam *x, const struct ward_piece *p, enum ward_suspect what)
{
	ward_exam_say(x, p, what, WARD_STR(""), WARD_STR(""));
}

void ward_exam_trait(
	struct ward_exam *x, const struct ward_piece *p, enum ward_trait what, struct ward_str text)
{
	const struct ward_inspect_trait f = {.part = p->number, .what = what, .text = text};

	if (x->n_trait >= WARD_INSPECT_TRAITS)
		return;
	x->n_trait++;
	ward_report_put_trait(&x->out, &f);
	hand_over(x, PUT_FROM);
}

void ward_exam_damaged(
	struct ward_exam *x, const struct ward_piece *p, const char *what, uint64_t at)
{
	char text[160];

	(void)snprintf(text, sizeof(text), "%.100s, byte %llu", what, (unsigned long long)at);
	ward_exam_say1(x, p, WARD_SUSPECT_DAMAGED, text);
}

static void say_limit(struct ward_exam *x, const struct ward_piece *p, enum ward_suspect what,
	enum ward_limit limit)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%zu", ward_limit(x->lim, limit));
	ward_exam_say1(x, p, what, text);
	x->stop = true;
}

size_t ward_exam_left(const struct ward_exam *x)
{
	uint64_t most = ward_limit(x->lim, WARD_LIMIT_FILE_UNPACKED), free_bytes = RATIO_FREE,
		 by_ratio = x->came * ward_limit(x->lim, WARD_LIMIT_FILE_RATIO);

	by_ratio = by_ratio < free_bytes ? free_bytes : by_ratio;
	most = most < by_ratio ? most : by_ratio;
	return x->stop || x->unpacked >= most ? 0 : (size_t)(most - x->unpacked);
}

bool ward_exam_unpacked(struct ward_exam *x, const struct ward_piece *p, uint64_t n)
{
	size_t left = ward_exam_left(x);

	x->unpacked += n;
	if (n < left)
		return true;
	if (x->stop)
		return false;
	if (x->unpacked >= ward_limit(x->lim, WARD_LIMIT_FILE_UNPACKED))
		say_limit(x, p, WARD_SUSPECT_TOO_LARGE, WARD_LIMIT_FILE_UNPACKED);
	else
		say_limit(x, p, WARD_SUSPECT_BOMB, WARD_LIMIT_FILE_RATIO);
	return false;
}

static void digest(
	const struct ward_exam *x, enum ward_hash_of of, struct ward_slice s, uint8_t *ret)
{
	EVP_MD_CTX *c = x->with->hash[of];

	if (EVP_DigestInit_ex(c, NULL, NULL) != 1 || EVP_DigestUpdate(c, s.p, s.len) != 1 ||
		EVP_DigestFinal_ex(c, ret, NULL) != 1)
		abort(); /* no memory: the cell dies, which is told */
}

/* Is it, by any of the hashes that the list has? */
static const struct ward_hash_row *listed(const struct ward_exam *x, const struct ward_hashes *h,
	struct ward_slice s, const uint8_t *sha256)
{
	static const enum ward_hash_of more[] = {WARD_HASH_SHA1, WARD_HASH_MD5};
	uint8_t hash[EVP_MAX_MD_SIZE];
	const struct ward_hash_row *row = ward_hashes_find(h, WARD_HASH_SHA256, sha256);

	for (size_t i = 0; !row && i < WARD_ARRAY_LEN(more); i++) {
		if (!h->of[more[i]])
			continue;
		digest(x, more[i], s, hash);
		row = ward_hashes_find(h, more[i], hash);
	}
	return row;
}

struct finding {
	struct ward_exam *x;
	const struct ward_piece *p;
};

/* Was the rule not yet found often enough to be told? Behind the last that there is room for none
 * is told: more rules than that found in one file is a flood, and the others were. */
static bool is_new(struct ward_exam *x, const char *rule)
{
	for (size_t i = 0; i < WARD_EXAM_RULES; i++) {
		if (x->rule[i].name && x->rule[i].name != rule)
			continue;
		x->rule[i].name = rule;
		return x->rule[i].n++ < RULE_MOST;
	}
	return false;
}

static void rule_found(void *ctx, const char *rule, const char *says, unsigned weight)
{
	struct finding *f = ctx;
	const struct ward_inspect_reason r = {.part = f->p->number,
		.what = WARD_SUSPECT_RULE,
		.weight = weight,
		.a = ward_str_z(rule),
		.b = ward_str_z(says)};

	if (is_new(f->x, rule) && f->x->n_reason < REASONS_MOST)
		put_reason(f->x, &r);
}

/* What it lies in. */
static const struct ward_piece *within(const struct ward_piece *p)
{
	return p->beside ? NULL : p->parent;
}

/* What would run, in what should not carry it. Of archives nobody wonders. */
static void look_carried(struct ward_exam *x, const struct ward_piece *p)
{
	static const struct {
		enum ward_sort sort;
		enum ward_suspect what;
	} of[] = {{WARD_SORT_MAIL, WARD_SUSPECT_MAIL_PROGRAM},
		{WARD_SORT_DOCUMENT, WARD_SUSPECT_DOCUMENT_PROGRAM},
		{WARD_SORT_IMAGE, WARD_SUSPECT_IMAGE_PROGRAM},
		{WARD_SORT_MEDICAL, WARD_SUSPECT_MEDICAL_PROGRAM}};

	if (!ward_kind_runs(p->kind) || p->kind == WARD_KIND_VBA || p->kind == WARD_KIND_CLASS)
		return;
	for (const struct ward_piece *in = within(p); in; in = within(in)) {
		for (size_t i = 0; i < WARD_ARRAY_LEN(of); i++)
			if (ward_kind_sort(in->kind) == of[i].sort) {
				ward_exam_say(x, p, of[i].what, ward_str_z(ward_kind_text(p->kind)),
					p->name);
				return;
			}
	}
}

static void look(struct ward_exam *x, const struct ward_piece *p)
{
	ward_look_fn *of_kind = ward_exam_look_of(p->kind);
	struct finding f = {x, p};

	ward_look_name(x, p);
	look_carried(x, p);
	if (of_kind)
		of_kind(x, p);
	enum ward_err err = ward_scan_bytes(x->with->scan, p->bytes, rule_found, &f);

	if (err)
		ward_exam_say0(x, p,
			err == WARD_ERR_NOMEM ? WARD_SUSPECT_CELL_MEMORY : WARD_SUSPECT_RULES_SLOW);
}

/* The piece is known and told. True: what lies in it is to be looked at. Of a file whose head alone
 * is looked at all bytes are hashed, so that lists know it. */
static bool take(struct ward_exam *x, struct ward_piece *p, enum ward_kind kind)
{
	struct ward_slice all = p->whole;
	const struct ward_hash_row *good, *bad;

	p->number = x->n_part++;
	p->kind = kind < WARD_KIND_N ? kind : ward_kind_of(p->bytes, p->name);
	digest(x, WARD_HASH_SHA256, all, p->sha256);
	good = listed(x, &x->with->allow, all, p->sha256);
	bad = listed(x, &x->with->block, all, p->sha256);
	const struct ward_inspect_part part = {.parent = p->parent ? p->parent->number : 0,
		.kind = p->kind,
		.size = all.len,
		.allowed = good && !bad,
		.beside = p->beside,
		.name = p->name,
		.type = p->type};
	struct ward_inspect_part told = part;

	memcpy(told.sha256, p->sha256, sizeof(told.sha256));
	ward_report_put_part(&x->out, &told);
	hand_over(x, p->bytes.len >= SLOW_FROM ? 0 : PUT_FROM);
	if (bad)
		ward_exam_say(x, p, WARD_SUSPECT_BLOCKED, bad->what, WARD_STR(""));
	if (good && !bad) {
		ward_exam_say(x, p, WARD_SUSPECT_ALLOWED, good->what, WARD_STR(""));
		return false;
	}
	for (const struct ward_piece *in = within(p); in; in = within(in))
		if (in->kind == p->kind && in->bytes.len == p->bytes.len && p->bytes.len &&
			memcmp(in->sha256, p->sha256, sizeof(p->sha256)) == 0) {
			ward_exam_say0(x, p, WARD_SUSPECT_ITSELF);
			return false;
		}
	if (all.len > p->bytes.len) {
		say_limit(x, p, WARD_SUSPECT_HEAD_ONLY, WARD_LIMIT_FILE_BYTES);
		x->stop = false; /* the head is looked at */
	}
	look(x, p);
	hand_over(x, PUT_FROM);
	return true;
}

/* What was taken: may anything lie in it? packed: not by its kind. */
static bool may_hold(struct frame *f, bool packed)
{
	f->opener = packed ? NULL : ward_exam_opener_of(f->piece.kind);
	f->behind = ward_zip_behind(&f->piece);
	return f->opener || f->behind.len;
}

static void open_frame(struct ward_exam *x, struct frame *f)
{
	f->it = f->opener ? f->opener->open(x, &f->piece) : NULL;
}

static void close_frame(struct frame *f)
{
	if (f->it)
		f->opener->close(f->it);
	f->it = NULL;
}

static bool next_in(struct ward_exam *x, struct frame *f, struct ward_child *ret)
{
	if (f->it && f->opener->next(x, &f->piece, f->it, ret)) {
		if (ret->bytes.p == f->behind.p) /* it knows it by itself */
			f->behind.len = 0;
		return true;
	}
	close_frame(f);
	if (!f->behind.len)
		return false;
	*ret = (struct ward_child){
		.name = WARD_STR("behind it"), .bytes = f->behind, .kind = WARD_KIND_ZIP};
	f->behind.len = 0;
	return true;
}

static struct ward_str keep(char *to, struct ward_str s)
{
	s = ward_str_sub(s, 0, WARD_INSPECT_TEXT);
	if (s.len)
		memcpy(to, s.p, s.len);
	return (struct ward_str){to, s.len};
}

/* The next thing that lies in the top frame; puts a frame on it when something may lie in that. */
static void step(struct ward_exam *x, struct frame *stack, size_t *n)
{
	struct frame *top = &stack[*n - 1], *f = top + 1;
	struct ward_child c = {.kind = WARD_KIND_N};

	if (x->stop || !next_in(x, top, &c)) {
		close_frame(top);
		--*n;
		return;
	}
	if (x->n_part >= ward_limit(x->lim, WARD_LIMIT_FILE_PARTS)) {
		say_limit(x, &top->piece, WARD_SUSPECT_TOO_MANY, WARD_LIMIT_FILE_PARTS);
		return;
	}
	f->piece = (struct ward_piece){.depth = top->piece.depth + 1,
		.parent = &top->piece,
		.name = keep(f->name, c.name),
		.type = keep(f->type, c.type),
		.bytes = c.bytes,
		.whole = c.bytes};
	if (!take(x, &f->piece, c.kind) || !may_hold(f, false))
		return;
	if (f->piece.depth >= ward_limit(x->lim, WARD_LIMIT_FILE_DEPTH) ||
		f->piece.depth >= DEPTH_MAX) {
		say_limit(x, &f->piece, WARD_SUSPECT_TOO_DEEP, WARD_LIMIT_FILE_DEPTH);
		x->stop = false; /* what lies beside it is looked at */
		return;
	}
	open_frame(x, f);
	++*n;
}

/* The whole files: the daemon unpacks by itself. What it finds it finds in the first. */
static void ask_clam(struct ward_exam *x, int fd, const struct ward_piece *p,
	const struct ward_slice *s, size_t n)
{
	char name[WARD_INSPECT_TEXT];
	enum ward_clam c;

	hand_over(x, 0); /* it may take long, and the cell may be ended in it */
	c = ward_clam_ask(fd, s, n, name);
	ward_report_put_clam(&x->out, c);
	if (c == WARD_CLAM_FOUND)
		ward_exam_say1(x, p, WARD_SUSPECT_ANTIVIRUS, name);
}

/* What became of its content codings; what is not coded as it was said to be is nothing odd. */
static void say_coding(
	struct ward_exam *x, const struct ward_piece *p, const struct ward_uncoded *u)
{
	char text[64];

	if (u->n_came)
		ward_report_put_coded(&x->out, x->came);
	if (u->how == WARD_UNDONE_UNKNOWN)
		ward_exam_say1(x, p, WARD_SUSPECT_CODING, u->coding);
	if (u->how == WARD_UNDONE_DAMAGED) {
		(void)snprintf(text, sizeof(text), "content coding %s", u->coding);
		ward_exam_damaged(x, p, text, u->at);
	}
	if (ward_exam_unpacked(x, p, u->unpacked) && u->how == WARD_UNDONE_LARGE) {
		say_limit(x, p, WARD_SUSPECT_TOO_LARGE, WARD_LIMIT_FILE_BYTES);
		x->stop = false; /* what is there is looked at, as of any file that is larger */
	}
}

/* How it came here. */
static void say_came(
	struct ward_exam *x, const struct ward_piece *p, const struct ward_inspect_said *said)
{
	if (said->part)
		ward_exam_say0(x, p, WARD_SUSPECT_PART);
	if (said->differ)
		ward_exam_say0(x, p, WARD_SUSPECT_DIFFER);
}

/* Opens what lies at `base` of the stack, and all that lies in it. */
static void walk_in(struct ward_exam *x, struct frame *stack, size_t base, bool packed)
{
	size_t n = base + 1;

	if (x->stop || !may_hold(&stack[base], packed))
		return;
	hand_over(x, 0); /* what it is is said before it is opened */
	open_frame(x, &stack[base]);
	while (n > base)
		step(x, stack, &n);
}

static struct ward_slice head_of(const struct ward_exam *x, struct ward_slice s)
{
	size_t most = ward_limit(x->lim, WARD_LIMIT_FILE_BYTES);

	return ward_slice_of(s.p, s.len < most ? s.len : most);
}

/* What whoever undoes a coding less than it was said to have, or less of it, gets instead of the
 * content. packed: unpacking it would give no more than what is looked at already. Gives what
 * ClamAV is to be asked of besides. */
static struct ward_slice walk_beside(struct ward_exam *x, struct frame *stack,
	const struct ward_inspect_said *said, struct ward_slice s, bool packed)
{
	struct ward_slice ask = {NULL, 0};
	struct frame *f = &stack[1];

	if (x->n_part >= ward_limit(x->lim, WARD_LIMIT_FILE_PARTS)) {
		say_limit(x, &stack[0].piece, WARD_SUSPECT_TOO_MANY, WARD_LIMIT_FILE_PARTS);
		return ask;
	}
	f->piece = (struct ward_piece){.depth = 1,
		.parent = &stack[0].piece,
		.beside = true,
		.name = packed ? WARD_STR("") : keep(f->name, said->name),
		.type = packed ? WARD_STR("") : keep(f->type, said->type),
		.bytes = head_of(x, s),
		.whole = s};
	if (!take(x, &f->piece, WARD_KIND_N))
		return ask;
	ask = packed ? ward_zip_behind(&f->piece) : s;
	walk_in(x, stack, 1, packed);
	return ask;
}

/* The content, and beside it all that it was made of: a file that is one thing decoded and another
 * as it came is both. */
static void walk(struct ward_exam *x, struct frame *stack, const struct ward_inspect_job *job,
	const struct ward_uncoded *u)
{
	struct ward_slice ask[WARD_CODINGS_MOST + 2];
	struct ward_piece *root = &stack[0].piece, first;
	size_t n = 0;

	*root = (struct ward_piece){.name = keep(stack[0].name, job->said.name),
		.type = keep(stack[0].type, job->said.type),
		.bytes = head_of(x, u->bytes),
		.whole = u->bytes};
	bool opens = take(x, root, WARD_KIND_N);

	say_came(x, root, &job->said);
	say_coding(x, root, u);
	first = *root;
	if (opens || !u->n_came)
		ask[n++] = u->bytes;
	for (size_t i = 0; i <= u->n_came; i++) {
		const struct ward_came broken = {u->broken, false},
				       *came = i < u->n_came ? &u->came[i] : &broken;

		if (came->bytes.len)
			ask[n] = walk_beside(x, stack, &job->said, came->bytes, came->own);
		if (!came->bytes.len || !ask[n].len)
			continue;
		first = n ? first : stack[1].piece;
		n++;
	}
	if (opens)
		walk_in(x, stack, 0, false);
	if (job->clam >= 0 && n)
		ask_clam(x, job->clam, &first, ask, n);
}

enum ward_err ward_inspect_bytes(const struct ward_inspect_job *job)
{
	struct ward_exam x = {.with = job->with,
		.lim = job->lim,
		.put = job->put,
		.ctx = job->ctx,
		.came = job->bytes.len,
		.out = ward_wr_grow(ward_mem_heap(), OUT_MAX),
		.folded = ward_wr_grow(ward_mem_heap(), SIZE_MAX / 2)};
	struct frame *stack = malloc((DEPTH_MAX + 2) * sizeof(*stack));
	size_t left = ward_exam_left(&x), most = ward_limit(x.lim, WARD_LIMIT_FILE_BYTES);
	struct ward_uncoded u;

	if (!stack)
		return WARD_ERR_NOMEM;
	const struct ward_coded coded = {job->bytes, job->said.encoding, job->said.cut};

	ward_uncode(&coded, left < most ? left : most, &u);
	walk(&x, stack, job, &u);
	ward_uncode_fini(&u);
	ward_report_put_end(&x.out);
	hand_over(&x, 0);
	free(stack);
	ward_wr_fini(&x.out);
	ward_wr_fini(&x.folded);
	return WARD_OK;
}
