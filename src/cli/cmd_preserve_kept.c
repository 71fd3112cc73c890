#include "cli/clip.h"
#include "cli/commands.h"
#include "conf/conf.h"

enum { LIST_BYTES = 16 << 20, TEXT_MAX = 200, ROW_BYTES = 16 * TEXT_MAX, ARENA_BYTES = 16 << 20 };

struct args {
	const char *state, *camera, *custodian, *sha256, *basis, *incident;
};

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *a)
{
	const struct {
		const char *name;
		const char **to;
	} texts[] = {{"--state", &a->state}, {"--camera", &a->camera},
		{"--custodian", &a->custodian}, {"--sha256", &a->sha256},
		{"--legal-basis", &a->basis}};
	uint8_t hash[32];
	struct ward_id id;

	for (int i = 1; i < argc; i++) {
		size_t k = 0;

		while (k < WARD_ARRAY_LEN(texts) && strcmp(argv[i], texts[k].name) != 0)
			k++;
		if (k < WARD_ARRAY_LEN(texts)) {
			if (i + 1 == argc || !argv[i + 1][0] || strlen(argv[i + 1]) > PATH_MAX)
				return ward_cli_usage(cmd, "%s needs a value", argv[i]);
			*texts[k].to = argv[++i];
			continue;
		}
		if (argv[i][0] == '-')
			return ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		if (a->incident)
			return ward_cli_usage(cmd, "one incident at a time");
		a->incident = argv[i];
	}
	if (!a->state || !a->camera || !a->incident || !ward_id_parse(ward_str_z(a->incident), &id))
		return ward_cli_usage(cmd,
			"needs --state DIR, --camera KEY and the incident, as 'ward preserve list' "
			"shows them");
	if (!a->custodian || !a->basis || strlen(a->custodian) > TEXT_MAX ||
		strlen(a->basis) > TEXT_MAX)
		return ward_cli_usage(cmd,
			"needs --custodian TEXT (who has it) and --legal-basis TEXT, %d bytes at "
			"most",
			(int)TEXT_MAX);
	if (!a->sha256 || !ward_str_unhex(ward_str_z(a->sha256), hash, sizeof(hash)))
		return ward_cli_usage(
			cmd, "needs --sha256 HEX of the kept file: sha256sum FILE shows it");
	return WARD_EXIT_DONE;
}

/* The line of the list that it is about; NULL: there is none. */
static const struct ward_conf *find(
	const struct args *a, struct ward_str list, struct ward_arena *arena)
{
	struct ward_limits lim;
	uint32_t line = 0;

	ward_limits_default(&lim);
	while (list.len) {
		struct ward_str text = ward_str_cut(&list, '\n');
		const struct ward_conf *c;
		struct ward_diag diag;

		line++;
		ward_diag_init(&diag, ward_mem_heap());
		enum ward_err err = ward_conf_json(arena, &lim, WARD_STR("recordings.jsonl"), line,
			ward_str_bytes(text), &diag, &c);

		ward_diag_fini(&diag);
		if (!err && ward_str_eqz(ward_conf_word(c, "incident"), a->incident) &&
			ward_str_eqz(ward_conf_word(c, "camera"), a->camera))
			return c;
	}
	return NULL;
}

static int hand_in(const struct ward_cmd *cmd, const struct args *a, const struct ward_conf *c)
{
	const struct {
		const char *key;
		struct ward_str text;
	} texts[] = {{"incident", ward_conf_word(c, "incident")},
		{"camera", ward_conf_word(c, "camera")}, {"from", ward_conf_word(c, "from")},
		{"to", ward_conf_word(c, "to")}, {"custodian", ward_str_z(a->custodian)},
		{"sha256", ward_str_z(a->sha256)}, {"legal_basis", ward_str_z(a->basis)}};
	uint8_t buf[ROW_BYTES];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_json j = ward_json_on(&w);
	char id[WARD_ID_TEXT], folder[PATH_MAX];

	ward_id_text(ward_id_v7(ward_clock_system()), id);
	ward_json_obj(&j);
	ward_json_key(&j, "id");
	ward_json_z(&j, id);
	for (size_t i = 0; i < WARD_ARRAY_LEN(texts); i++) {
		ward_json_key(&j, texts[i].key);
		ward_json_str(&j, texts[i].text);
	}
	ward_cli_put_who(&j);
	ward_json_key(&j, "time");
	ward_json_time(&j, ward_clock_now(ward_clock_system()));
	ward_json_obj_end(&j);
	if (ward_wr_bad(&w) || snprintf(folder, sizeof(folder), "%s/respond/confirmed", a->state) >=
				       (int)sizeof(folder))
		return ward_cli_fail(cmd, "a text or the folder's name is too long");
	return ward_cli_hand_in(cmd, folder, id, ward_wr_slice(&w));
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ward_wr list = ward_wr_grow(ward_mem_heap(), LIST_BYTES);
	struct args a = {.state = NULL};
	char path[PATH_MAX];
	struct ward_arena arena;
	int rc = parse(cmd, argc, argv, &a);

	if (rc)
		return rc;
	if (snprintf(path, sizeof(path), "%s/respond/recordings.jsonl", a.state) >=
		(int)sizeof(path))
		return ward_cli_usage(cmd, "--state is too long");
	ward_arena_init(&arena, ward_mem_heap(), ARENA_BYTES * 4);
	rc = ward_cli_clip_read(cmd, path, LIST_BYTES, &list);
	const struct ward_conf *c = rc ? NULL : find(&a, ward_wr_text(&list), &arena);

	if (!rc && !c) {
		fprintf(stderr,
			"ward preserve confirm: of camera '%s' nothing is asked for in incident "
			"%s;\n"
			"    mend: 'ward preserve list --state %s' shows what is\n",
			a.camera, a.incident, a.state);
		rc = WARD_EXIT_INPUT;
	}
	if (!rc)
		rc = hand_in(cmd, &a, c);
	ward_arena_fini(&arena);
	ward_wr_fini(&list);
	return rc;
}

const struct ward_cmd ward_cmd_preserve_kept = {
	.name = "preserve confirm",
	.summary = "say that a camera's recording of an incident is kept, by whom, and why",
	.help = "usage: ward preserve confirm --state DIR --camera KEY --custodian TEXT\n"
		"                             --sha256 HEX --legal-basis TEXT INCIDENT\n\n"
		"Puts on the ledger of 'ward run' that somebody keeps a recording that\n"
		"'ward preserve list' shows; then nobody is told any more that it is "
		"overwritten.\n\n"
		"  --state DIR         what 'ward run' keeps\n"
		"  --camera KEY        the camera, as the list calls it\n"
		"  --custodian TEXT    who has the file: a role or an office\n"
		"  --sha256 HEX        of the file: sha256sum FILE\n"
		"  --legal-basis TEXT  why it may be kept: a request of the police with its "
		"number\n\n"
		"Exit codes: 0 done, 1 nothing such is asked for, 2 usage, 3 could not run.\n",
	.run = run,
};
