#include "risk/about.h"

#include "model/near.h"
#include "risk/match.h"
#include "words/words.h"

enum { BYTES_MAX = 1 << 28, NEAR_BUDGET = 1000000, SERVICES_BYTES = 200 };

/* One file being read. */
struct reader {
	struct ward_abouts *a;
	struct ward_str file;
	struct ward_diag *diag;
	enum ward_err err;
};

/* An answer and whose it is: an asset, or all of a maker's product. */
struct answer {
	struct ward_str asset, vendor, product, question, answer;
	uint32_t line;
};

const char *ward_answer_name(enum ward_answer a)
{
	static const char *const name[WARD_ANSWER_N] = {
#define X(NAME, text) #NAME,
		WARD_ANSWER_LIST(X)
#undef X
	};

	return a < WARD_ANSWER_N ? name[a] : "";
}

const char *ward_answer_text(enum ward_answer a)
{
	static const char *const text[WARD_ANSWER_N] = {
		WARD_TEXT("malware is detected or kept out"),
		WARD_TEXT("the device is hardened"),
		WARD_TEXT("it checks which machine speaks to it"),
		WARD_TEXT("it checks who uses it"),
		WARD_TEXT("security updates can be installed"),
		WARD_TEXT("it logs off who leaves it"),
		WARD_TEXT("it encrypts what it sends"),
		WARD_TEXT("it is locked up"),
		WARD_TEXT("its maker can reach it from afar"),
	};

	return a < WARD_ANSWER_N ? text[a] : "";
}

enum ward_err ward_abouts_init(struct ward_abouts *a, const struct ward_model *m,
	const struct ward_limits *lim, const struct ward_mem *mem)
{
	*a = (struct ward_abouts){
		.m = m, .lim = lim, .mem = mem, .near_budget = NEAR_BUDGET, .n = ward_model_n(m)};
	ward_arena_init(&a->arena, mem, BYTES_MAX);
	a->of = ward_mem_alloc(mem, a->n * sizeof(*a->of));
	return a->n && !a->of ? WARD_ERR_NOMEM : WARD_OK;
}

void ward_abouts_fini(struct ward_abouts *a)
{
	if (!a->mem)
		return;
	ward_mem_free(a->mem, a->of, a->n * sizeof(*a->of));
	ward_arena_fini(&a->arena);
	*a = (struct ward_abouts){0};
}

static void bad(
	struct reader *r, uint32_t line, const char *what, struct ward_str name, const char *mend)
{
	ward_diag_say(r->diag,
		&(struct ward_diag_item){.level = WARD_DIAG_ERROR,
			.file = r->file,
			.line = line,
			.what = ward_str_z(what),
			.mend = ward_str_z(mend),
			.slot = &(struct ward_diag_slot){"name", ward_str_sub(name, 0, 80)},
			.n_slot = 1});
}

static struct ward_str own(struct reader *r, struct ward_str s)
{
	struct ward_str copy = s.len ? ward_arena_str(&r->a->arena, s) : WARD_STR("");

	if (!copy.p)
		r->err = WARD_ERR_NOMEM;
	return copy;
}

static uint32_t asset(struct reader *r, uint32_t line, struct ward_str id)
{
	const struct ward_model *m = r->a->m;
	uint32_t i = ward_model_find(m, id);

	if (i == WARD_NONE)
		i = ward_model_by_host(m, id);
	if (i != WARD_NONE && ward_model_node(m, i)->kind == WARD_NODE_ASSET)
		return i;
	struct ward_near near = ward_near_start(id, &r->a->near_budget);

	for (uint32_t k = 0; k < ward_model_n(m); k++)
		if (ward_model_node(m, k)->kind == WARD_NODE_ASSET)
			ward_near_offer(&near, ward_model_node(m, k)->id);
	id = ward_str_sub(id, 0, 80);
	if (near.best.len)
		ward_diag_addf(r->diag, WARD_DIAG_ERROR, r->file, line,
			WARD_TEXT("no asset '%.*s' in the hospital\ndid you mean '%.*s'?"),
			WARD_STR_ARG(id), WARD_STR_ARG(near.best));
	else
		ward_diag_addf(r->diag, WARD_DIAG_ERROR, r->file, line,
			WARD_TEXT("no asset '%.*s' in the hospital\nwrite an id or a host name"),
			WARD_STR_ARG(id));
	return WARD_NONE;
}

static struct ward_str cell(
	const struct ward_csv *t, const struct ward_csv_row *row, const char *name)
{
	size_t c = ward_csv_column(t, name);

	return c == SIZE_MAX ? WARD_STR("") : ward_str_trim(row->cell[c]);
}

/* *ret stays where nothing is said; false when it is neither yes nor no. */
static bool yes_no(struct ward_str s, enum ward_said *ret)
{
	static const struct {
		const char *word;
		enum ward_said said;
	} word[] = {{"yes", WARD_SAID_YES}, {"true", WARD_SAID_YES}, {"no", WARD_SAID_NO},
		{"false", WARD_SAID_NO}, {"n/a", WARD_SAID_NOTHING},
		{"see note", WARD_SAID_NOTHING}, {"", WARD_SAID_NOTHING}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(word); i++)
		if (ward_str_ieq(s, ward_str_z(word[i].word))) {
			*ret = word[i].said;
			return true;
		}
	return false;
}

static void device_row(struct reader *r, const struct ward_csv *t, const struct ward_csv_row *row)
{
	uint32_t i = asset(r, row->line, cell(t, row, "asset"));
	struct ward_str text[] = {
		cell(t, row, "version"), cell(t, row, "cpe"), cell(t, row, "purl")};
	enum ward_said internet = WARD_SAID_NOTHING;

	if (!yes_no(cell(t, row, "internet"), &internet))
		bad(r, row->line, WARD_TEXT("neither yes nor no under internet: '{name}'"),
			cell(t, row, "internet"), WARD_TEXT("write yes or no"));
	if (i == WARD_NONE)
		return;
	struct ward_about *a = &r->a->of[i];
	struct ward_str *to[] = {&a->version, &a->cpe, &a->purl};

	for (size_t k = 0; k < WARD_ARRAY_LEN(to); k++)
		if (text[k].len)
			*to[k] = own(r, text[k]);
	a->internet = a->internet || internet == WARD_SAID_YES;
	if (!a->seen_in.len)
		a->seen_in = own(r, r->file);
}

static const struct ward_conf *list_of(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *t = ward_conf_get(c, key);

	return t && t->kind == WARD_CONF_SEQ ? t->child : NULL;
}

/* Services that hand out or take in things without proof of who asks. */
static bool open_service(struct ward_str s)
{
	static const char *const open[] = {"telnet", "ftp", "tftp", "http", "rfb", "rdp", "smb",
		"snmp", "dicom", "hl7", "modbus", "bacnet", "s7comm", "fox", "knx"};

	for (size_t i = 0; i < WARD_ARRAY_LEN(open); i++)
		if (ward_str_eqz(s, open[i]))
			return true;
	return false;
}

static void services(struct reader *r, const struct ward_conf *c, struct ward_about *a)
{
	char buf[SERVICES_BYTES];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	for (const struct ward_conf *s = list_of(c, "services"); s; s = s->next) {
		struct ward_str name = ward_conf_word(s, "service");

		if (!ward_str_eqz(ward_conf_word(s, "as"), "server") || !open_service(name) ||
			ward_str_find(ward_wr_text(&w), name) != SIZE_MAX || w.len > 180)
			continue;
		if (w.len)
			ward_wr_z(&w, ", ");
		ward_wr_str(&w, name);
	}
	a->services = own(r, ward_wr_text(&w));
}

/* The surest version of what runs on it is its version only where it is firmware: its name is the
 * product's. Others are left to whoever knows. */
static void firmware(struct reader *r, const struct ward_conf *c, struct ward_about *a)
{
	for (const struct ward_conf *f = list_of(c, "facts"); f; f = f->next)
		if (ward_str_eqz(ward_conf_word(f, "attribute"), "firmware") && !a->version.len)
			a->version = own(r, ward_conf_word(f, "value"));
}

static void seen(struct reader *r, const struct ward_conf *c)
{
	struct ward_str id = ward_conf_word(c, "asset");
	uint64_t peers = 0;
	uint32_t i;

	/* What the directory does not have is not told of here. */
	if (!ward_str_eqz(ward_conf_word(c, "kind"), "asset") || !id.len)
		return;
	i = asset(r, c->line, id);
	if (!ward_str_u64(ward_conf_word(c, "peers"), &peers))
		bad(r, c->line, WARD_TEXT("no number of peers: '{name}'"),
			ward_conf_word(c, "peers"),
			WARD_TEXT("give what `ward inventory --json` writes"));
	if (i == WARD_NONE)
		return;
	struct ward_about *a = &r->a->of[i];

	a->seen = true;
	a->peers = peers > UINT32_MAX ? UINT32_MAX : (uint32_t)peers;
	a->seen_in = own(r, r->file);
	services(r, c, a);
	firmware(r, c, a);
}

static void json_lines(struct reader *r, struct ward_slice text)
{
	struct ward_str rest = ward_slice_text(text);
	struct ward_arena scratch;
	const struct ward_conf *c;
	uint32_t line = 1;

	ward_arena_init(&scratch, r->a->mem, BYTES_MAX);
	for (; rest.len && !r->err; line++) {
		struct ward_str one = ward_str_trim(ward_str_cut(&rest, '\n'));

		if (!one.len)
			continue;
		enum ward_err err = ward_conf_json(
			&scratch, r->a->lim, r->file, line, ward_str_bytes(one), r->diag, &c);

		if (err)
			r->err = err;
		else
			seen(r, c);
		ward_arena_reset(&scratch);
	}
	ward_arena_fini(&scratch);
}

static bool is_json(struct ward_slice text)
{
	struct ward_str s = ward_str_trim(ward_slice_text(text));

	return s.len && s.p[0] == '{';
}

static enum ward_err end(struct reader *r, size_t before)
{
	return !r->err && r->diag->n_error > before ? WARD_ERR_CONFIG : r->err;
}

enum ward_err ward_abouts_devices(
	struct ward_abouts *a, struct ward_str file, struct ward_slice text, struct ward_diag *diag)
{
	struct reader r = {.a = a, .file = file, .diag = diag};
	size_t before = diag->n_error;
	struct ward_arena scratch;
	struct ward_csv t;

	if (is_json(text)) {
		json_lines(&r, text);
		return end(&r, before);
	}
	ward_arena_init(&scratch, a->mem, BYTES_MAX);
	r.err = ward_conf_csv(&scratch, a->lim, file, text, diag, &t);
	if (!r.err && ward_csv_column(&t, "asset") == SIZE_MAX)
		bad(&r, 1, WARD_TEXT("no column '{name}'"), WARD_STR("asset"),
			WARD_TEXT("name the columns in the first line"));
	for (size_t i = 0; !r.err && diag->n_error == before && i < t.n_row; i++)
		device_row(&r, &t, &t.row[i]);
	ward_arena_fini(&scratch);
	return end(&r, before);
}

/* "MLDP", "MLDP-1.2", "mldp1": the section that a question is of; N for others. */
static enum ward_answer section(struct ward_str q)
{
	for (unsigned i = 0; i < WARD_ANSWER_N; i++) {
		struct ward_str name = ward_str_z(ward_answer_name((enum ward_answer)i));

		if (q.len >= name.len && ward_str_ieq(ward_str_sub(q, 0, name.len), name))
			return (enum ward_answer)i;
	}
	return WARD_ANSWER_N;
}

/* A section is affirmed when its first question is, or any where that has none: of two answers the
 * worse one counts, so that no single yes hides a no. */
static void answered(struct ward_about *a, enum ward_answer q, enum ward_said said)
{
	bool raises = q == WARD_ANSWER_RMOT;
	enum ward_said worse = raises ? WARD_SAID_YES : WARD_SAID_NO;

	if (said != WARD_SAID_NOTHING && a->answer[q] != worse)
		a->answer[q] = said;
}

static void take(struct reader *r, const struct answer *x)
{
	enum ward_answer q = section(x->question);
	enum ward_said said = WARD_SAID_NOTHING;
	const struct ward_model *m = r->a->m;

	if (!yes_no(x->answer, &said)) {
		bad(r, x->line, WARD_TEXT("no answer: '{name}'"), x->answer,
			WARD_TEXT("write yes, no, n/a or see note"));
		return;
	}
	if (!x->asset.len && !x->product.len) {
		bad(r, x->line, WARD_TEXT("nothing says whose answer this is: '{name}'"),
			x->question, WARD_TEXT("fill asset, or product (and vendor)"));
		return;
	}
	uint32_t only = x->asset.len ? asset(r, x->line, x->asset) : WARD_NONE;

	if (q == WARD_ANSWER_N || (x->asset.len && only == WARD_NONE))
		return; /* questions that say nothing of this risk are many */
	for (uint32_t i = only == WARD_NONE ? 0 : only; i < ward_model_n(m); i++) {
		const struct ward_node *n = ward_model_node(m, i);

		if (only != WARD_NONE ? i == only
				      : n->kind == WARD_NODE_ASSET &&
						ward_names_agree(x->product, n->product) &&
						(!x->vendor.len ||
							ward_names_agree(x->vendor, n->vendor))) {
			answered(&r->a->of[i], q, said);
			if (!r->a->of[i].answered_in.len)
				r->a->of[i].answered_in = own(r, r->file);
		}
		if (only != WARD_NONE)
			break;
	}
}

static void answer_table(struct reader *r, const struct ward_csv *t)
{
	if (ward_csv_column(t, "question") == SIZE_MAX ||
		ward_csv_column(t, "answer") == SIZE_MAX) {
		bad(r, 1, WARD_TEXT("no column '{name}'"), WARD_STR("question or answer"),
			WARD_TEXT("give question, answer, and asset or vendor and product"));
		return;
	}
	for (size_t i = 0; !r->err && i < t->n_row; i++) {
		const struct ward_csv_row *row = &t->row[i];
		struct answer x = {cell(t, row, "asset"), cell(t, row, "vendor"),
			cell(t, row, "product"), cell(t, row, "question"), cell(t, row, "answer"),
			row->line};

		take(r, &x);
	}
}

static void answer_map(struct reader *r, const struct ward_conf *doc)
{
	if (doc->kind == WARD_CONF_NULL)
		return;
	if (doc->kind != WARD_CONF_SEQ) {
		bad(r, doc->line, WARD_TEXT("no list: '{name}'"), WARD_STR("answers"),
			WARD_TEXT("write - {vendor: V, product: P, answers: {MLDP-1: yes}}"));
		return;
	}
	for (const struct ward_conf *d = doc->child; d && !r->err; d = d->next) {
		static const char *const known[] = {"asset", "vendor", "product", "answers", NULL};
		const struct ward_conf *all = ward_conf_get(d, "answers");

		ward_conf_only(d, known, r->diag);
		for (const struct ward_conf *q = all && all->kind == WARD_CONF_MAP ? all->child
										   : NULL;
			q && !r->err; q = q->next) {
			struct answer x = {ward_conf_word(d, "asset"), ward_conf_word(d, "vendor"),
				ward_conf_word(d, "product"), q->key, q->text, q->line};

			take(r, &x);
		}
	}
}

/* A table has its header's commas before any list begins. */
static bool is_yaml(struct ward_str file)
{
	return ward_str_ends(file, WARD_STR(".yml")) || ward_str_ends(file, WARD_STR(".yaml"));
}

enum ward_err ward_abouts_answers(
	struct ward_abouts *a, struct ward_str file, struct ward_slice text, struct ward_diag *diag)
{
	struct reader r = {.a = a, .file = file, .diag = diag};
	size_t before = diag->n_error;
	const struct ward_conf *docs;
	struct ward_arena scratch;
	struct ward_csv t;

	ward_arena_init(&scratch, a->mem, BYTES_MAX);
	if (is_yaml(file)) {
		r.err = ward_conf_yaml(&scratch, a->lim, file, text, diag, &docs);
		for (const struct ward_conf *d = r.err ? NULL : docs->child; d; d = d->next)
			answer_map(&r, d);
	} else {
		r.err = ward_conf_csv(&scratch, a->lim, file, text, diag, &t);
		if (!r.err)
			answer_table(&r, &t);
	}
	ward_arena_fini(&scratch);
	return end(&r, before);
}
