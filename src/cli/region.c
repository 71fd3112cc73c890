#include "cli/region.h"

#include "cli/lang.h"
#include "run/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { ARENA_BYTES = 1 << 30, DESCRIPTORS = 64 + 4 * WARD_REGION_SITES };

static enum ward_err load_content(struct ward_cli_region *x, struct ward_diag *diag)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/ontology.yml", x->content);
	enum ward_err err = WARD_ERR_LIMIT;

	if (n > 0 && (size_t)n < sizeof(path))
		err = ward_ontology_load(path, &x->lim, ward_mem_heap(), diag, &x->ontology);
	n = snprintf(path, sizeof(path), "%s/threats.yml", x->content);
	if (!err && n > 0 && (size_t)n < sizeof(path))
		err = ward_threats_load(path, &x->lim, ward_mem_heap(), diag, &x->threats);
	return err;
}

/* A file that is named and not there would be told only by who asks the hospital. */
static int check_files(struct ward_cli_region *x)
{
	for (size_t i = 0; i < x->region.n_site; i++) {
		const struct ward_region_site *s = &x->region.site[i];
		const struct ward_str file[] = {s->trust, s->certificate, s->notices};

		for (size_t k = 0; k < WARD_ARRAY_LEN(file); k++)
			if (file[k].len && access(file[k].p, R_OK) != 0) {
				fprintf(stderr,
					"ward %s: %s/" WARD_REGION_FILE
					":%u: '%.*s' can't be read\n",
					x->cmd->name, x->dir, s->line, WARD_STR_ARG(file[k]));
				return WARD_EXIT_INPUT;
			}
	}
	return WARD_EXIT_DONE;
}

int ward_cli_region_load(struct ward_cli_region *x)
{
	struct ward_diag diag;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	ward_limits_default(&x->lim);
	ward_arena_init(&x->arena, ward_mem_heap(), ARENA_BYTES);
	x->state = x->state ? x->state : WARD_CLI_REGION_STATE;
	if (!x->dir)
		return ward_cli_usage(
			x->cmd, "which directory? It holds the region's " WARD_REGION_FILE);
	x->content = ward_cli_content(x->cmd, x->content);
	if (!x->content)
		return WARD_EXIT_RUN;
	const struct ward_cli_lang speak = {x->option, x->content, WARD_STR("")};
	int code = ward_cli_lang(x->cmd, &speak, &x->lim, &x->lang);

	if (code)
		return code;
	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_region_in in = {&x->lim, ward_mem_heap(), &diag, x->dir};
	enum ward_err err = ward_region_load(&in, &x->region);

	if (!err)
		err = load_content(x, &diag);
	if (err == WARD_ERR_NOT_FOUND && !diag.n)
		code = ward_cli_fail(x->cmd, "%s has no " WARD_REGION_FILE, x->dir);
	else if (err)
		code = ward_cli_report_in(x->cmd, err, x->dir, &diag, x->lang, &w);
	ward_diag_fini(&diag);
	ward_wr_fini(&w);
	return code ? code : check_files(x);
}

static void forget(struct ward_cli_region *x)
{
	for (size_t i = 0; i < WARD_REGION_SITES; i++)
		ward_site_fini(&x->said[i]);
	ward_arena_reset(&x->arena);
}

void ward_cli_region_free(struct ward_cli_region *x)
{
	forget(x);
	ward_arena_fini(&x->arena);
	ward_region_free(&x->region);
	ward_ontology_free(x->ontology);
	ward_threats_free(x->threats);
	ward_lang_free(x->lang);
}

int ward_cli_region_cage(const struct ward_cli_region *x, uid_t uid, gid_t gid)
{
	char words[PATH_MAX];
	const struct ward_sandbox s = {.cage = WARD_CAGE_FOLLOW | WARD_CAGE_TERMINAL,
		.uid = uid,
		.gid = gid,
		.folder = {words},
		.n_descriptor_max = DESCRIPTORS};
	int n = snprintf(words, sizeof(words), "%s/" WARD_CLI_REGION_WORDS, x->state), abi;
	const char *step;

	if (n < 0 || (size_t)n >= sizeof(words) || access(words, R_OK | X_OK) != 0)
		return ward_cli_fail(x->cmd,
			"%s can't be read: say --state DIR, and run `ward region take`", words);
	if (ward_sandbox_enter(&s, &abi, &step) != WARD_OK)
		return ward_cli_fail(x->cmd, "cannot be caged: %s: %s", step, strerror(errno));
	return WARD_EXIT_DONE;
}

/* False: there is no word of it. Only what a cage lets it: open, read, close. */
static bool read_site(struct ward_cli_region *x, size_t i, struct ward_diag *diag, ward_ns *heard)
{
	char path[PATH_MAX];
	struct ward_slice bytes;
	const struct ward_str id = x->region.site[i].id;
	int n = snprintf(path, sizeof(path), "%s/" WARD_CLI_REGION_WORDS "/%.*s/%.*s.json",
		x->state, WARD_STR_ARG(id), WARD_STR_ARG(id));

	int fd = n > 0 && (size_t)n < sizeof(path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0 && errno == ENOENT)
		return false;
	if (fd >= 0)
		(void)close(fd);
	return ward_conf_read(&x->arena, &x->lim, path, diag, &bytes) == WARD_OK &&
	       ward_site_read_kept(bytes, ward_str_z(path), &x->lim, &x->arena, diag, heard,
		       &x->said[i]) == WARD_OK;
}

int ward_cli_region_look(struct ward_cli_region *x)
{
	const struct ward_site *site[WARD_REGION_SITES] = {NULL};
	ward_ns heard[WARD_REGION_SITES] = {0};
	struct ward_diag diag;

	forget(x);
	ward_diag_init(&diag, ward_mem_heap());
	for (size_t i = 0; i < x->region.n_site; i++)
		if (read_site(x, i, &diag, &heard[i]))
			site[i] = &x->said[i];
	ward_cli_findings(&diag, NULL, x->lang);
	ward_diag_fini(&diag);
	enum ward_err err = ward_region_see(
		&x->region, site, heard, ward_clock_now(ward_clock_system()), &x->arena, &x->view);

	return err ? ward_cli_fail(x->cmd, "%s", ward_err_text(err)) : WARD_EXIT_DONE;
}
