/* The least that a server can be by libmicrohttpd: one answer, made before, to whatever is asked,
 * by TLS as the console's. usage: bare CERTIFICATE KEY BODY      prints its port, and serves until
 * its standard input ends */
#include "run/httpd.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 32 << 20, WAIT_MS = 500 };

static struct MHD_Response *answer;

static char *whole(const char *path, size_t *ret_n)
{
	FILE *f = fopen(path, "re");
	char *text = malloc(FILE_MAX);
	size_t n = f && text ? fread(text, 1, FILE_MAX - 1, f) : 0;

	if (!n) {
		fprintf(stderr, "bare: %s can't be read\n", path);
		exit(1);
	}
	(void)fclose(f);
	text[n] = 0;
	*ret_n = n;
	return text;
}

static enum MHD_Result request(void *ctx, struct MHD_Connection *c, const char *url,
	const char *method, const char *version, const char *body, size_t *n, void **state)
{
	(void)ctx;
	(void)url;
	(void)method;
	(void)version;
	(void)body;
	(void)n;
	if (!*state) { /* answered at once it would end the connection */
		*state = answer;
		return MHD_YES;
	}
	return MHD_queue_response(c, MHD_HTTP_OK, answer);
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	size_t n;

	if (argc != 4)
		return 2;
	char *certificate = whole(argv[1], &n), *key = whole(argv[2], &n),
	     *body = whole(argv[3], &n);

	answer = MHD_create_response_from_buffer(n, body, MHD_RESPMEM_PERSISTENT);
	struct MHD_Daemon *d = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_TLS, 0, NULL, NULL, request,
		NULL, MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_HTTPS_MEM_CERT, certificate,
		MHD_OPTION_HTTPS_MEM_KEY, key, MHD_OPTION_HTTPS_PRIORITIES, WARD_HTTPD_PRIORITIES,
		MHD_OPTION_CONNECTION_LIMIT, 256u, MHD_OPTION_END);
	const union MHD_DaemonInfo *i =
		d ? MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT) : NULL;

	const union MHD_DaemonInfo *epoll =
		d ? MHD_get_daemon_info(d, MHD_DAEMON_INFO_EPOLL_FD) : NULL;

	if (!i || !epoll) {
		fprintf(stderr, "bare: it can't listen\n");
		return 1;
	}
	printf("%u\n", (unsigned)i->port);
	(void)fflush(stdout);
	struct pollfd p[] = {{epoll->epoll_fd, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};

	while (!p[1].revents) { /* as run/httpd.c turns */
		MHD_UNSIGNED_LONG_LONG ms;
		int wait = MHD_get_timeout(d, &ms) == MHD_YES && ms < WAIT_MS ? (int)ms : WAIT_MS;

		if (poll(p, 2, wait) < 0 || MHD_run(d) != MHD_YES)
			return 1;
	}
	MHD_stop_daemon(d);
	MHD_destroy_response(answer);
	free(certificate);
	free(key);
	free(body);
	return 0;
}
