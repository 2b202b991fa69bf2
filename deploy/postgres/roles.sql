-- The two roles and the database, once per server, by a superuser:
--   TANDEM_OWNER_PASSWORD=… TANDEM_APP_PASSWORD=… psql -v ON_ERROR_STOP=1 -d postgres -f roles.sql
-- tandem_owner makes and changes tables (migrations); tandem_app reads and writes rows and nothing else.
-- What tandem_app may do with each table is granted by `manage.py prepare`, after every migration.
-- PostgreSQL 15 and 16 have no built-in locales: end CREATE DATABASE with just LOCALE 'C.UTF-8' there.

\getenv owner_password TANDEM_OWNER_PASSWORD
\getenv app_password TANDEM_APP_PASSWORD

CREATE ROLE tandem_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE tandem_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'app_password';

CREATE DATABASE tandem OWNER tandem_owner TEMPLATE template0 ENCODING 'UTF8'
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C.UTF-8';

REVOKE ALL ON DATABASE tandem FROM PUBLIC;
GRANT CONNECT ON DATABASE tandem TO tandem_app;

\connect tandem
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO tandem_owner;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gist;
