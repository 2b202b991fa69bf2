"""Base views: who may, which rows, one transaction, conditional and idempotent requests, strict queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist, ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException, Throttled
from rest_framework.generics import GenericAPIView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from kernel.access import Actor
from kernel.api import idempotency
from kernel.api.etags import check_match, etag_of, is_fresh
from kernel.api.filters import StrictFilterBackend, check_parameters
from kernel.api.handler import problem_handler
from kernel.api.pagination import PAGE_PARAMETERS, CursorPages, SequencePages
from kernel.api.parsers import StrictJSONParser
from kernel.api.permissions import DeclaredPermission, get_actor
from kernel.api.reads import DISCLOSED, Disclosed, disclosed_record
from kernel.api.serializers import SELECTION, Selection, selection_of
from kernel.api.throttles import Standing, address_of, rate_headers, rates_consume, subjects_of
from kernel.clock import utc_now
from kernel.errors import DomainError, NotFound


class _Refused(Exception):
    """Undoes the work of a handler that answered a refusal instead of raising it."""

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__()
        self.response = response


class HeaderNegotiation(DefaultContentNegotiation):
    """The Accept header decides, never a `format` parameter."""

    settings: Any = SimpleNamespace(URL_FORMAT_OVERRIDE=None)


class ApiView(GenericAPIView[Any]):
    """One resource. Its actions are the lower-case methods; `ApiViewSet` names them after what they do."""

    permissions: ClassVar[Mapping[str, str]] = {}
    step_up: ClassVar[frozenset[str] | set[str]] = frozenset()
    public_rows: ClassVar[bool] = False
    ordering_fields: ClassVar[Mapping[str, Any]] = {}
    ordering: ClassVar[str | Sequence[str]] = ()
    list_actions: ClassVar[frozenset[str]] = frozenset({"list"})
    parameters: ClassVar[Mapping[str, Any]] = {}
    inputs: ClassVar[Mapping[str, Any]] = {}
    outputs: ClassVar[Mapping[str, Any]] = {}
    success: ClassVar[Mapping[str, int]] = {}
    expand_related: ClassVar[Mapping[str, Sequence[str]]] = {}
    idempotency_required: ClassVar[frozenset[str] | set[str]] = frozenset()
    if_match_required: ClassVar[frozenset[str] | set[str]] = frozenset()
    rate_scopes: ClassVar[Mapping[str, str]] = {}
    body_limit: ClassVar[int | None] = None
    problems: ClassVar[Mapping[str, Sequence[type[DomainError]]]] = {}
    examples: ClassVar[Mapping[str, Any]] = {}

    permission_classes = [DeclaredPermission]
    parser_classes = [StrictJSONParser]
    renderer_classes = [JSONRenderer]
    filter_backends = [StrictFilterBackend]
    pagination_class = CursorPages
    content_negotiation_class = HeaderNegotiation
    lookup_url_kwarg = "id"
    lookup_value_regex = "[^/]+"

    action: Any = None
    selection = Selection()
    standings: Sequence[Standing] = ()
    is_match_checked = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.disclosed: list[Disclosed] = []

    # -- the request, step by step

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Handles one request: refusals first, then the work, in a transaction unless it only reads."""
        self.args, self.kwargs = args, kwargs
        self.request: Request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            self.initial(self.request, *args, **kwargs)
            response = self.respond()
        except Exception as exc:  # noqa: BLE001 - the handler re-raises what is not an answer
            response = self.handle_exception(exc)
        self.response = self.finalize_response(self.request, response, *args, **kwargs)
        return self.response

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        method = str(request.method).lower()
        name = "get" if method == "head" else method
        if method == "options":
            self.action = "metadata"
        else:
            self.action = name if name in self.http_method_names and hasattr(self, name) else None
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.format_kwarg = None
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        request.version, request.versioning_scheme = self.determine_version(request, *args, **kwargs)
        try:
            self.perform_authentication(request)
        except APIException:  # whatever refuses the caller: an attempt counts against its address
            self.consume(Actor.anonymous())
            raise
        self.consume(self.actor)
        self.check_permissions(request)
        self.check_query()

    def consume(self, actor: Actor) -> None:
        """Counts the request against the caller's rates; raises Throttled when one is exceeded."""
        scope = self.rate_scopes.get(self.action or "")
        subjects = subjects_of(actor=actor, address=address_of(self.request), scopes=[scope] if scope else [])
        self.standings = rates_consume(subjects=subjects)
        exceeded = [item.reset for item in self.standings if item.is_exceeded]
        if exceeded:
            raise Throttled(wait=max(exceeded))

    def check_query(self) -> None:
        """Refuses query parameters that the operation does not have and reads which fields were chosen."""
        parameters = self.request.query_params
        check_parameters(parameters, self.query_parameters())
        if self.request.method in SAFE_METHODS:
            self.selection = selection_of(parameters, self.output_class())

    def query_parameters(self) -> frozenset[str]:
        """The query parameters that the present action takes."""
        action = self.action or ""
        names = set(self.parameters.get(action, ()))
        if self.request.method not in SAFE_METHODS or action == "metadata":
            return frozenset(names)
        output = self.output_class()
        if output is not None:
            names.add("fields")
        if getattr(output, "expandable", None):
            names.add("expand")
        if action in self.list_actions:
            names |= PAGE_PARAMETERS
            names |= {"ordering"} if self.ordering_fields else set()
            names |= set(getattr(getattr(self, "filterset_class", None), "base_filters", {}))
        return frozenset(names)

    def respond(self) -> HttpResponseBase:
        """Calls the handler; an unsafe request works in one transaction that a refusal undoes."""
        request = self.request
        handler: Any = getattr(self, str(request.method).lower(), self.http_method_not_allowed)
        work = partial(handler, request, *self.args, **self.kwargs)
        if request.method in SAFE_METHODS:
            response: HttpResponseBase = work()
            self.before_answer(response)
            return response
        claim = idempotency.claim_of(
            request=request, actor=self.actor, is_required=self.action in self.idempotency_required
        )
        if claim is None:
            return self._undoable(work)
        with transaction.atomic():
            now = utc_now()
            stored = idempotency.answer_find(claim=claim, now=now)
            if stored is not None:
                return stored
            try:
                response = self._undoable(work)
            except Exception as exc:  # noqa: BLE001 - the handler re-raises what is not an answer
                response = self.handle_exception(exc)
            if idempotency.is_storable(response):
                response = self.finalize_response(request, response, *self.args, **self.kwargs)
                if isinstance(response, Response):
                    response.render()
                idempotency.answer_store(claim=claim, response=response, now=now)
        return response

    def _undoable(self, work: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        try:
            with transaction.atomic():
                response = work()
                self._check_outcome(response)
                self.before_answer(response)
        except _Refused as refused:
            return refused.response
        return response

    def _check_outcome(self, response: HttpResponseBase) -> None:
        if response.status_code >= 400:
            raise _Refused(response)
        if self.action in self.if_match_required and not self.is_match_checked:
            raise ImproperlyConfigured(f"{type(self).__name__}.{self.action} never held If-Match against an object")

    def before_answer(self, response: HttpResponseBase) -> None:
        """Has what the answer shows of others' guarded data recorded; what cannot be recorded is not answered.

        A 304 tells the caller that it still knows: it counts as shown.
        """
        if self.disclosed and response.status_code < 400:
            disclosed_record(actor=self.actor, operation=self.operation(), disclosed=self.disclosed)

    def operation(self) -> str:
        """The operation by the name of its route and its action: `deal-rooms.retrieve`, `deal-rooms-documents.list`."""
        route = str(getattr(self.request.resolver_match, "url_name", None) or type(self).__name__.lower())
        for suffix in ("-list", "-detail", f"-{str(self.action).replace('_', '-')}"):
            route = route.removesuffix(suffix)
        return f"{route}.{self.action}"

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in rate_headers(self.standings).items():
            response[name] = value
        if "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-cache"
        return response

    def get_exception_handler(self) -> Callable[..., Any]:
        return problem_handler

    def get_authenticate_header(self, request: Request) -> str:
        return super().get_authenticate_header(request) or 'Bearer realm="api"'

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return Response(status=204)

    # -- what handlers use

    @property
    def actor(self) -> Actor:
        """The caller."""
        return get_actor(self.request)

    def visible(self) -> QuerySet[Any]:
        """The rows that the caller may see, with what the chosen expansions need."""
        queryset: Any = self.get_queryset()
        if not self.public_rows:
            if not hasattr(queryset, "visible_to"):
                raise ImproperlyConfigured(f"{type(self).__name__} shows no rows of a model without visible_to")
            queryset = queryset.visible_to(self.actor)
        related = [path for name in sorted(self.selection.expanded) for path in self.expand_related.get(name, ())]
        return queryset.prefetch_related(*related) if related else queryset  # type: ignore[no-any-return]

    def get_object(self) -> Any:
        """The object of the path, if the caller may see it; an unsafe request holds If-Match to it, under a lock."""
        value = self.kwargs[self.lookup_url_kwarg or self.lookup_field]
        found = self._find(**{self.lookup_field: value})
        if self.request.method in SAFE_METHODS:
            return found
        header = self.request.headers.get("If-Match")
        if header is not None and isinstance(found, models.Model):
            rows = type(found)._base_manager.select_for_update(no_key=True)
            list(rows.filter(pk=found.pk).values_list("pk"))
            found = self._find(**{self.lookup_field: value})
        whole = None if header is None else self.representation(found)
        check_match(header, whole=whole, is_required=self.action in self.if_match_required)
        self.is_match_checked = True
        return found

    def _find(self, **lookup: Any) -> Any:
        try:
            return self.visible().get(**lookup)
        except (ObjectDoesNotExist, ValidationError, ValueError, TypeError, OverflowError):
            raise NotFound from None

    def validated(self, *, partial: bool | None = None) -> dict[str, Any]:
        """The body, read by the serializer that `inputs` names for the action; a 422 names each place that is wrong."""
        serializer_class = self.inputs.get(self.action or "")
        if serializer_class is None:
            raise ImproperlyConfigured(f"{type(self).__name__}.inputs names no serializer for {self.action}")
        is_partial = self.request.method == "PATCH" if partial is None else partial
        serializer = serializer_class(data=self.request.data, partial=is_partial, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def output_class(self) -> Any:
        """The serializer of the action's answer; None when it has no body."""
        return self.outputs.get(self.action or "", self.serializer_class)

    def representation(self, instance: Any) -> Any:
        """The whole of an object as the caller sees it; what its entity tag is made of."""
        serializer_class: Any = self.outputs.get("retrieve", self.serializer_class)
        return serializer_class(instance, context=self.output_context(Selection())).data

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), DISCLOSED: self.disclosed}

    def output_context(self, selection: Selection) -> dict[str, Any]:
        """The context that answers are serialised in."""
        return {**self.get_serializer_context(), SELECTION: selection}

    def answer(
        self,
        instance: Any = None,
        *,
        status: int | None = None,
        location: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """The response that shows `instance`: the fields that were chosen, an entity tag, 304 when that is known.

        After a change the row is read again through `visible()`, so that what is shown is what the caller may see now.
        """
        output = self.output_class()
        given = dict(headers or {}) | ({"Location": location} if location else {})
        if instance is not None and self.request.method not in SAFE_METHODS:
            instance = self._seen_again(instance)
        if instance is None or output is None:
            return Response(status=status or self.success.get(self.action or "", 204), headers=given)
        code = status or self.success.get(self.action or "", 201 if self.action == "create" else 200)
        if output is not self.outputs.get("retrieve", self.serializer_class):
            return Response(output(instance, context=self.output_context(self.selection)).data, code, headers=given)
        whole = self.representation(instance)
        if self.selection == Selection():
            shown, etag = whole, etag_of(whole=whole)
        else:
            shown = output(instance, context=self.output_context(self.selection)).data
            etag = etag_of(whole=whole, shown=shown)
        given["ETag"] = etag
        if self.request.method in SAFE_METHODS and is_fresh(self.request.headers.get("If-None-Match"), etag):
            return Response(status=304, headers=given)
        return Response(shown, code, headers=given)

    def _seen_again(self, instance: Any) -> Any:
        model = getattr(getattr(self, "queryset", None), "model", None)
        if model is None or not isinstance(instance, model):
            return instance
        try:
            return self._find(pk=instance.pk)
        except NotFound:
            return None

    def page(self, queryset: QuerySet[Any] | None = None) -> Response:
        """The page of the list that the request asks for: filtered, ordered, cut to the chosen fields."""
        rows = self.filter_queryset(self.visible() if queryset is None else queryset)
        pages = CursorPages()
        found = pages.paginate_queryset(rows, self.request, view=self)
        output: Any = self.output_class()
        return Response(pages.envelope(output(found, many=True, context=self.output_context(self.selection)).data))

    def sequence_pages(self, *, order: Sequence[str] = ()) -> SequencePages:
        """Pages over an array for the present request."""
        return SequencePages(request=self.request, order=order)


class ApiViewSet(ViewSetMixin, ApiView):
    """One kind of object: its list, its objects and the actions on them."""


class ListMixin(ApiView):
    """Gives a view set the action `list`."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.page()


class RetrieveMixin(ApiView):
    """Gives a view set the action `retrieve`."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.answer(self.get_object())
