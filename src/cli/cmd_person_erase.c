/* `ward person erase`: what a person asked to be erased, erased and proven (GDPR 17, 21). */
#include "cli/clip.h"
#include "cli/commands.h"
#include "cli/person_folder.h"
#include "cli/retention.h"
#include "run/ordering.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

enum { TEXT_BYTES = 64 << 20, WAIT_STEP_MS = 200, WAIT_S = 180 };

/* A folder of what Ward keeps, and what goes of it by an order there. */
static const struct keeper {
	enum ward_order_of of;
	const char *folder;
} keeper[] = {
	{WARD_ORDER_RECORD, "journal"}, {WARD_ORDER_ROW, "store"}, {WARD_ORDER_CLIP, "clips"}};

struct job {
	struct ward_cli_person p;
	const char *code, *out, *source;
	struct ward_cli_span span;
	bool dry, looked; /* looked: what is found now stays */
	struct ward_order order;
	enum ward_err err; /* of the order */
	uint64_t n[WARD_ORDER_OF_N];
	struct ward_cli_letter letter;
	struct ward_cli_folder folder;
	struct ward_subject_erased erased;
	struct ward_retained said; /* of holds, in rows */
	struct ward_holds holds;
	struct ward_wr proofs, stays;
	char rule[WARD_ORDER_RULE];
};

static int parse(struct job *j, int argc, char **argv)
{
	const struct ward_cli_opt opt[] = {{"--out", &j->out, NULL}, {"--lang", &j->code, NULL},
		{"--source", &j->source, NULL}, {"--place", &j->span.place_text, NULL},
		{"--from", &j->span.from_text, NULL}, {"--to", &j->span.to_text, NULL},
		{"--dry-run", NULL, &j->dry}};
	int code = ward_cli_person_args(&j->p, argc, argv, opt, WARD_ARRAY_LEN(opt));

	if (!code && ((!j->out && !j->dry) || !j->p.x.dir || !j->p.request))
		code = ward_cli_usage(j->p.x.cmd,
			"needs --out FOLDER or --dry-run, the hospital, and the request's id");
	return code ? code : ward_cli_person_whom(&j->p, &j->span);
}

/* ---- what there is ---- */

static void add(struct job *j, const struct ward_order_item *item)
{
	j->n[item->of]++;
	if (!j->err)
		j->err = ward_order_add(&j->order, item);
}

/* Why something stays that is not erased, each with its count. */
enum why { WHY_DUTY, WHY_HELD, WHY_OPEN, WHY_NEW, WHY_DAMAGED, WHY_LEFT };

static const char *const why_text[] = {
	[WHY_DUTY] = "it proves who decided or did what",
	[WHY_HELD] = "a legal hold lasts",
	[WHY_OPEN] = "an incident that is not closed names it",
	[WHY_NEW] = "it came after it was looked for what goes: give the command again",
	[WHY_DAMAGED] = "the disk is damaged where it is: it goes with all that is there",
	[WHY_LEFT] =
		("nothing that is known keeps it: give the command again, and if it stays, look "
		 "for journal.order_no_room and journal.not_erased in ward.log"),
};

static void stays(struct job *j, const char *what, uint64_t number, enum why why)
{
	struct ward_json w = ward_json_on(&j->stays);

	j->erased.n_duty += why == WHY_DUTY;
	j->erased.n_wait += why == WHY_HELD || why == WHY_OPEN;
	j->erased.n_new += why == WHY_NEW;
	j->erased.n_damaged += why == WHY_DAMAGED;
	j->erased.n_left += why == WHY_LEFT;
	ward_json_obj(&w);
	ward_json_key(&w, "what");
	ward_json_z(&w, what);
	ward_json_key(&w, "number");
	ward_json_u64(&w, number);
	ward_json_key(&w, "why");
	ward_json_z(&w, why_text[why]);
	ward_json_obj_end(&w);
	ward_wr_ch(&j->stays, '\n');
}

/* What proves who decided or did what is kept, as the law lets it be. */
static bool is_duty(enum ward_row_kind k)
{
	return k != WARD_ROW_DETECTION && k != WARD_ROW_INCIDENT && k != WARD_ROW_IMPACT &&
	       k != WARD_ROW_DELIVERY;
}

static bool proves(struct job *j, const struct ward_store_row *row, const struct ward_conf *c)
{
	struct ward_str rule = ward_conf_word(c, "rule"), why = ward_conf_word(c, "why");
	bool clip = row->kind == WARD_ROW_CLIP && ward_str_eqz(why, j->rule) &&
		    ward_str_eqz(ward_conf_word(c, "act"), "erased");
	uint64_t n = 1;

	if (!clip && (row->kind != WARD_ROW_DELETION || !ward_str_eqz(rule, j->rule)))
		return false;
	if (!clip && !ward_str_u64(ward_conf_word(c, "n"), &n))
		n = 0;
	*(clip                                                    ? &j->erased.n_clip
		: ward_str_eqz(ward_conf_word(c, "what"), "rows") ? &j->erased.n_row
								  : &j->erased.n_record) += n;
	if (!j->erased.first || row->row < j->erased.first)
		j->erased.first = row->row;
	if (row->row > j->erased.last)
		j->erased.last = row->row;
	ward_wr_printf(&j->proofs, "{\"row\":%llu,\"is\":%.*s}\n", (unsigned long long)row->row,
		WARD_STR_ARG(row->json));
	return true;
}

static void on_mine(struct job *j, const struct ward_store_row *row)
{
	const struct ward_order_item item = {
		.of = WARD_ORDER_ROW, .kind = row->kind, .number = row->row};
	bool duty = is_duty(row->kind);

	if (!duty && !j->looked) {
		add(j, &item);
		return;
	}
	stays(j, ward_row_kind_name(row->kind), row->row,
		duty                                              ? WHY_DUTY
		: !ward_order_has(&j->order, &item)               ? WHY_NEW
		: ward_holds_row(&j->holds, row->json, row->time) ? WHY_HELD
								  : WHY_OPEN);
}

static void on_row(void *ctx, const struct ward_store_row *row)
{
	struct job *j = ctx;
	const struct ward_conf *c = NULL;
	struct ward_diag d;
	bool other;

	if (!row->json.p)
		return;
	ward_arena_reset(&j->p.scratch);
	ward_diag_init(&d, ward_mem_heap());
	if ((row->kind == WARD_ROW_DELETION || row->kind == WARD_ROW_CLIP) &&
		ward_conf_json(&j->p.scratch, &j->p.x.lim, WARD_STR("row"), 1,
			ward_str_bytes(row->json), &d, &c) == WARD_OK &&
		proves(j, row, c)) {
		ward_diag_fini(&d);
		return;
	}
	ward_diag_fini(&d);
	if (j->p.who.n && ward_subject_names(&j->p.who, row->json, &other))
		on_mine(j, row);
}

static bool on_event(void *ctx, const struct ward_record *rec, const struct ward_event *e,
	const struct ward_names *names)
{
	const struct ward_order_item item = {.of = WARD_ORDER_RECORD, .number = rec->seq};
	struct job *j = ctx;
	struct ward_str id = ward_name_text(names, e->source);

	if ((j->source && !ward_str_eqz(id, j->source)) || !ward_subject_about(&j->p.who, e))
		return true;
	bool duty = rec->lane != WARD_LANE_EVIDENCE && rec->lane != WARD_LANE_TELEMETRY;

	if (!duty && !j->looked) {
		add(j, &item);
		return true;
	}
	char text[4096];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_str places =
		ward_cli_source_places(j->p.x.model, ward_model_source(j->p.x.model, id), &w);

	stays(j, "record", rec->seq,
		duty                                                  ? WHY_DUTY
		: !ward_order_has(&j->order, &item)                   ? WHY_NEW
		: ward_holds_source(&j->holds, id, places, rec->time) ? WHY_HELD
		: j->p.in_bad[rec->lane]                              ? WHY_DAMAGED
								      : WHY_LEFT);
	return true;
}

static void on_clip(void *ctx, const struct ward_evidence *e)
{
	const struct ward_order_item item = {.of = WARD_ORDER_CLIP, .id = e->id};
	struct job *j = ctx;

	if (!j->looked)
		add(j, &item);
	else if (ward_order_has(&j->order, &item))
		j->erased.n_wait++; /* nothing but a hold keeps a clip */
	else
		j->erased.n_new++;
}

/* What is held now, before it is asked why something stays. */
static void on_hold(void *ctx, const struct ward_store_row *row)
{
	struct job *j = ctx;
	const struct ward_conf *c = NULL;
	struct ward_diag d;

	if (row->kind != WARD_ROW_DECISION || !row->json.p ||
		ward_str_find(row->json, WARD_STR("hold\"")) == SIZE_MAX)
		return;
	ward_arena_reset(&j->p.scratch);
	ward_diag_init(&d, ward_mem_heap());
	if (ward_conf_json(&j->p.scratch, &j->p.x.lim, WARD_STR("row"), 1,
		    ward_str_bytes(row->json), &d, &c) == WARD_OK)
		ward_retained_decision(&j->said, row->row, row->id, row->time, c);
	ward_diag_fini(&d);
}

static int look_for_holds(struct job *j)
{
	struct ward_cli_kept kept;

	memset(&j->said, 0, sizeof(j->said));
	int code = ward_cli_kept(
		j->p.x.cmd, j->p.state, ward_model_hospital(j->p.x.model)->id, on_hold, j, &kept);

	ward_cli_holds(&j->said, ward_clock_now(ward_clock_system()), &j->holds);
	return code;
}

static int look(struct job *j)
{
	struct ward_cli_kept kept;
	int code;

	memset(&j->erased, 0, sizeof(j->erased));
	ward_wr_reset(&j->proofs);
	ward_wr_reset(&j->stays);
	code = j->looked ? look_for_holds(j) : WARD_EXIT_DONE;
	if (!code)
		code = ward_cli_kept(j->p.x.cmd, j->p.state, ward_model_hospital(j->p.x.model)->id,
			on_row, j, &kept);
	if (!code && j->p.who.n)
		code = ward_cli_person_events(&j->p, on_event, j);
	if (!code && j->span.place.len)
		code = ward_cli_person_clips(&j->p, &j->span, on_clip, j);
	if (!code && (j->err || ward_wr_bad(&j->proofs) || ward_wr_bad(&j->stays)))
		code = ward_cli_fail(j->p.x.cmd, "there is more of it than fits one order");
	return code;
}

/* ---- the orders ---- */

static int leave(struct job *j)
{
	char dir[PATH_MAX];

	ward_order_sort(&j->order);
	for (size_t i = 0; i < WARD_ARRAY_LEN(keeper); i++) {
		(void)snprintf(dir, sizeof(dir), "%.4000s/%s", j->p.state, keeper[i].folder);
		enum ward_err err = ward_ordering_leave(dir, &j->order, keeper[i].of);

		if (err == WARD_ERR_AGAIN)
			return ward_cli_fail(j->p.x.cmd,
				"another order waits in '%s' until Ward runs: then once more", dir);
		if (err)
			return ward_cli_fail(j->p.x.cmd,
				"cannot order it in '%s': %s; be the "
				"user of 'ward run'",
				dir, ward_err_text(err));
	}
	return WARD_EXIT_DONE;
}

static bool waits(const struct job *j)
{
	char dir[PATH_MAX];

	for (size_t i = 0; i < WARD_ARRAY_LEN(keeper); i++) {
		(void)snprintf(dir, sizeof(dir), "%.4000s/%s", j->p.state, keeper[i].folder);
		if (ward_ordering_waits(dir))
			return true;
	}
	return false;
}

/* Until who keeps it has taken the orders away. */
static int wait_for(const struct job *j)
{
	ward_ns until = ward_clock_mono(ward_clock_system()) + WAIT_S * WARD_NS_PER_S;

	while (waits(j) && ward_clock_mono(ward_clock_system()) < until)
		(void)poll(NULL, 0, WAIT_STEP_MS);
	if (!waits(j))
		return WARD_EXIT_DONE;
	fprintf(stderr,
		"ward %s: it is ordered, and goes once Ward runs and has read it: then give the "
		"same command again, which writes the proof\n",
		j->p.x.cmd->name);
	return WARD_EXIT_INPUT;
}

/* ---- the proof ---- */

/* What was ordered is proven to be gone, or is still there. */
static bool is_accounted(const struct job *j)
{
	return j->erased.n_record + j->erased.n_row + j->erased.n_clip + j->erased.n_wait +
		       j->erased.n_damaged + j->erased.n_left >=
	       j->n[WARD_ORDER_RECORD] + j->n[WARD_ORDER_ROW] + j->n[WARD_ORDER_CLIP];
}

/* The journal takes an order away before the brain has made rows of what it erased. */
static int look_again(struct job *j)
{
	ward_ns until = ward_clock_mono(ward_clock_system()) + WAIT_S * WARD_NS_PER_S;
	int code;

	j->looked = true;
	while ((code = look(j)) == WARD_EXIT_DONE && !is_accounted(j)) {
		if (ward_clock_mono(ward_clock_system()) >= until) {
			fprintf(stderr,
				"ward %s: not all that went is on the ledger yet: give the same "
				"command again, which writes the proof\n",
				j->p.x.cmd->name);
			return WARD_EXIT_INPUT;
		}
		(void)poll(NULL, 0, WAIT_STEP_MS * 5);
	}
	return code;
}

static int prove(struct job *j)
{
	struct ward_cli_folder *f = &j->folder;
	char digest[65];
	int code = ward_cli_folder_begin(f, j->p.x.cmd, j->out);

	j->letter.erased = &j->erased;
	if (!code)
		code = ward_cli_folder_letter(f, &j->p, &j->letter);
	if (!code)
		code = ward_cli_folder_put(f, "erased.json", ward_wr_slice(&j->proofs));
	if (!code)
		code = ward_cli_folder_put(f, "stays.json", ward_wr_slice(&j->stays));
	if (!code)
		code = ward_cli_folder_end(f, digest);
	if (!code)
		code = ward_cli_person_done(&j->p, "erased", digest);
	if (!code)
		printf("%s: erased %llu records, %llu rows, %llu clips; %llu stay for an open "
		       "incident or a hold, %llu since they prove who did what\n",
			j->out, (unsigned long long)j->erased.n_record,
			(unsigned long long)j->erased.n_row, (unsigned long long)j->erased.n_clip,
			(unsigned long long)j->erased.n_wait, (unsigned long long)j->erased.n_duty);
	if (!code && j->erased.n_new)
		fprintf(stderr,
			"ward %s: %llu came meanwhile and are not erased: give the command again, "
			"with another --out\n",
			j->p.x.cmd->name, (unsigned long long)j->erased.n_new);
	if (!code && j->erased.n_damaged)
		fprintf(stderr,
			"ward %s: %llu could not be erased, since a segment of the journal is "
			"damaged: it goes whole, for want of room; stays.json names them\n",
			j->p.x.cmd->name, (unsigned long long)j->erased.n_damaged);
	if (!code && j->erased.n_left)
		fprintf(stderr,
			"ward %s: %llu were not erased, and neither a hold nor damage is why; "
			"stays.json names them: give the command again, with another --out, and if "
			"they stay, look for journal.order_no_room in ward.log\n",
			j->p.x.cmd->name, (unsigned long long)j->erased.n_left);
	return code;
}

static int tell_dry(const struct job *j)
{
	printf("would go: %llu records, %llu rows, %llu clips; those that an open incident or a "
	       "legal hold needs stay; %llu stay since they prove who did what\n",
		(unsigned long long)j->n[WARD_ORDER_RECORD],
		(unsigned long long)j->n[WARD_ORDER_ROW], (unsigned long long)j->n[WARD_ORDER_CLIP],
		(unsigned long long)j->erased.n_duty);
	return WARD_EXIT_DONE;
}

static int work(struct job *j)
{
	int code = ward_cli_person_open(&j->p, WARD_SUBJECT_ERASURE);

	if (code)
		return code;
	j->order.request = j->p.r->id;
	ward_order_rule(j->p.r->id, j->rule);
	code = ward_cli_letter_open(&j->p, j->code, &j->letter);
	if (!code)
		code = look(j);
	if (code || j->dry)
		return code ? code : tell_dry(j);
	code = leave(j);
	if (!code)
		code = wait_for(j);
	if (!code && !ward_ordering_beside(j->p.state))
		code = ward_cli_fail(j->p.x.cmd,
			"it is erased here, but the machine beside can't be told: %s/standby: %s; "
			"give the command again",
			j->p.state, strerror(errno));
	if (!code)
		code = look_again(j);
	return code ? code : prove(j);
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct job *j = ward_mem_alloc(ward_mem_heap(), sizeof(*j));

	if (!j)
		return ward_cli_fail(cmd, "out of memory");
	memset(j, 0, sizeof(*j));
	ward_order_init(&j->order, ward_mem_heap());
	j->proofs = ward_wr_grow(ward_mem_heap(), TEXT_BYTES);
	j->stays = ward_wr_grow(ward_mem_heap(), TEXT_BYTES);
	ward_cli_person_init(&j->p, cmd);
	int code = parse(j, argc, argv);

	if (!code)
		code = work(j);
	ward_cli_folder_fini(&j->folder);
	ward_cli_letter_close(&j->letter);
	ward_cli_person_fini(&j->p);
	ward_order_fini(&j->order);
	ward_wr_fini(&j->proofs);
	ward_wr_fini(&j->stays);
	ward_mem_free(ward_mem_heap(), j, sizeof(*j));
	return code;
}

const struct ward_cmd ward_cmd_person_erase = {
	.name = "person erase",
	.summary = "what a person asked to be erased, erased and proven",
	.help = "usage: ward person erase --out FOLDER [--is WHO]… [OPTION…] HOSPITAL REQUEST\n"
		"       ward person erase --dry-run [--is WHO]… [OPTION…] HOSPITAL REQUEST\n\n"
		"For a request of erasure or objection (GDPR 17, 21) of the console's page\n"
		"Requests, of which it was decided what goes, and to which a second person "
		"agreed.\n"
		"Looks for the person under every pseudonym that stands for what --is says, and\n"
		"has it erased by the running Ward: entries of logs, signs, conclusions, "
		"messages,\n"
		"and clips of a place. What an open incident or a legal hold needs stays, and "
		"what\n"
		"proves who decided or did what. Each deletion is a row of the ledger, which "
		"still\n"
		"holds. The folder has the letter, these rows, what stays and why, and "
		"SHA256SUMS,\n"
		"whose digest goes on the ledger (docs/transparency.md). What --is says is kept\n"
		"nowhere.\n\n"
		"  --dry-run        says what would go, and erases nothing\n"
		"  --is WHO         a badge's number, an account, a name, an address; up to 16\n"
		"  --source ID      of entries of logs only those of this source\n"
		"  --place ID       also clips of a room or floor …\n"
		"  --from, --to T   … in that time (RFC 3339)\n"
		"  --lang CODE      of the letter: en, fr, it, nl (default: $WARD_LANG, else the\n"
		"                   hospital's first)\n"
		"  --state DIR      what 'ward run' keeps (default: as there); be its user\n"
		"  --content DIR    instead of the installed content\n\n"
		"Exit: 0 done, 1 not yet (not agreed to, or Ward does not run), 2 usage, 3 could\n"
		"not.\n",
	.run = run,
};
