"""The call: customer and history, script, record; what to say next is always on screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar, Final, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import TextArea

from domain.said import Said
from domain.walk import Result
from screens.actions import Action, bindings
from screens.call_advice import advice_content
from screens.call_base import FIRST_SECONDS, NO_ANSWER
from screens.call_messages import NumberRung
from screens.call_views import LIGHT_STYLES, ladder_view, record_view, script_view
from screens.call_wrap_up import CallWrapUp
from screens.card_view import CardDrawer
from screens.dial import DialEnd, Dialled, DialPanel
from screens.promise_lines import owed_lines
from screens.queue_rows import their_time
from telephony.number import dial_string
from widgets.clock import Stopwatch
from widgets.customer_card import CustomerPane
from widgets.ladder import Ladder
from widgets.note import Note
from widgets.pane import TextPane
from widgets.plate import Plate
from widgets.safe_text import clean, safe
from widgets.script_pane import ScriptPane, ScriptView
from widgets.survey_pane import SurveyPane

Owner = Literal["script", "record", "ladder", "card"]
_SIGNS: Final = {"plus": "+", "minus": "-", "asterisk": "*", "number_sign": "#"}
_ONLY_WITH_SEAT: Final = frozenset(
    {"call.dial", "call.no_answer", "call.next_number", "call.hang_up", "call.park"}
    | {"call.release", "call.undo", "call.extend", "app.inbound"}
)


class CallScreen(CallWrapUp):
    """One call, from the claim to its outcome."""

    SCOPE = "call"
    BINDINGS: ClassVar[list[BindingType]] = bindings("call")
    CSS_PATH = "call.tcss"

    owner: Owner = "script"
    """The pane that the digits belong to."""
    scale_first = True
    """Whether the digits answer the script's open question, or choose a way on."""
    ladder_shown = False
    _right: Owner = "card"

    def compose_body(self) -> ComposeResult:
        """The line about the customer, then the panes."""
        with Horizontal(id="call-line"):
            yield Plate(id="call-who")
            yield Stopwatch(self.shell.now, id="call-watch")
        with Horizontal(id="call-body"):
            yield CustomerPane(id="call-card")
            yield Ladder(id="call-ladder")
            yield ScriptPane(id="call-script")
            with Vertical(id="call-record-side"):
                yield SurveyPane(id="call-record")
                yield Note(id="call-note")
        yield Plate(id="call-advice")

    def on_mount(self) -> None:
        """Show the call; what is typed from now on is saved, whatever happens."""
        self.opened_at = self.shell.now()
        self.shell.last_words = self.save_last_words
        self._fill_note()
        self.own(self.owner)
        self.read_phrases()
        if self.call.draft:
            self.say("call.resumed")
        elif self.call.direction == "in":
            self.say("call.rings_in")
        else:
            key = self.shell.registry["call.dial"].shown_keys()[0]
            self.say("call.opened", key=key)

    # -- what is shown ----------------------------------------------------------------------

    def relabel(self) -> None:
        """Say everything again; the script goes on in the other language."""
        self.speak_script()
        super().relabel()
        if not self.query("#call-note"):
            return
        self.query_one("#call-card", CustomerPane).name_it(self.t("call.customer"))
        self.query_one("#call-record", SurveyPane).name_it(self.t("call.record"))
        self.query_one("#call-ladder", Ladder).name_it(self.t("call.ladder"))
        self.query_one("#call-note", Note).border_title = self.t("call.note")
        self.draw()

    def draw(self) -> None:
        """Draw every pane from the call and its draft."""
        if not self.query("#call-note"):
            return
        language, draft = self.shell.language, self.draft
        self.query_one(ScriptPane).show(self._script())
        saved = self.t("call.saved" if self.keeper.safe else "call.unsaved")
        self.query_one(SurveyPane).show(
            record_view(
                draft,
                self.database.rulebook.cases,
                self.t,
                language,
                self.clock,
                saved=saved,
                here=self.owner == "record",
            )
        )
        drawer = CardDrawer(
            self.t,
            language,
            self.clock,
            self.shell.my_zone,
            self.shell.now(),
            self.database.rulebook,
        )
        card = drawer.call_card(self.call, self.phone_id)
        self.query_one("#call-card", CustomerPane).show(card)
        if self.ladder_shown:
            self.query_one(Ladder).show(ladder_view(draft, self.t, self.clock, self.wish_marked))
        self._draw_line()
        self._draw_watch()
        self._draw_advice()

    def _script(self) -> ScriptView:
        """The step of the script; before the first one, what to say about a broken promise."""
        language, draft, values = self.shell.language, self.draft, self.script_values()
        view = script_view(draft, values, self.t, language, scale_first=self.scale_first)
        if draft.walk.can_go_back:
            return view
        promises = self.call.card.promises
        first = owed_lines(language, promises, values, self.zone, self.shell.now())
        return replace(view, lines=(*first, *view.lines)) if first else view

    def _draw_advice(self) -> None:
        strip = self.query_one("#call-advice", Plate)
        key = self.shell.registry["app.handbook"].shown_keys()[0]
        more = self.t("handbook.more", key=key)
        strip.show(advice_content(self.advice, more, strip.size.width))

    def _draw_line(self) -> None:
        call, card = self.call, self.call.card
        first = call.callbacks[0] if call.callbacks else None
        parts = [Content.styled(f" {clean(card.name)}", "bold")]
        if card.tier == "key":
            parts.append(Content.styled(f" {self.t('call.key_customer')}", "bold $text-warning"))
        if first is not None and first.promised:
            told = self.t("call.promised_at", at=first.due_at)
            parts.append(Content.styled(f"  ! {clean(told)}", "bold $text-warning"))
        theirs = their_time(self.zone, self.shell.now())
        parts.append(safe(f"  {self.t('call.their_time', clock=theirs)}", "$muted"))
        if self.draft.mood is not None:
            light = self.draft.mood
            parts.append(
                Content.styled(f"  ◉ {self.t(f'call.light.{light}')}", LIGHT_STYLES[light])
            )
        if self.read_only:
            parts.append(Content.styled(f"  {self.t('call.read_only')}", "bold $text-error"))
        plates = [asset.plate for asset in card.assets if asset.plate]
        if plates:
            parts.append(safe(f"  {plates[0]}"))
        if first is not None:
            zh = self.shell.language == "zh"
            parts.append(safe(f"  {first.campaign_zh if zh else first.campaign_en}", "$muted"))
        self.query_one("#call-who", Plate).show(Content("").join(parts))

    def _draw_watch(self) -> None:
        call = self.call
        watch = self.query_one("#call-watch", Stopwatch)
        watch.set_class(self.wrap_up_ends is not None, "-down")
        if self.wrap_up_ends is not None:
            left, over = self.wrap_up_words()
            watch.run_down(left, over, self.wrap_up_ends)
        elif call.talk_ended_at is not None:
            watch.run_since(self.t("call.wrap_up"), call.talk_ended_at)
        elif call.dialled_at is not None:
            watch.run_since(self.t("call.talking"), call.dialled_at)
        else:
            watch.run_since(self.t("call.preparing"), call.started_at)

    # -- whose digits -----------------------------------------------------------------------

    def own(self, owner: Owner) -> None:
        """Give the digits to a pane; its frame shows it."""
        self.owner = owner
        panes: dict[Owner, TextPane] = {
            "script": self.query_one(ScriptPane),
            "record": self.query_one(SurveyPane),
            "ladder": self.query_one(Ladder),
            "card": self.query_one("#call-card", CustomerPane),
        }
        for name, pane in panes.items():
            pane.own_digits(name == owner)
        if owner != "script":
            self._right = owner
        self.set_class(owner == "script", "-at-script")
        for name in ("record", "ladder", "card"):
            self.set_class(self._right == name, f"-right-{name}")
        self.set_class(self.ladder_shown, "-ladder")
        self.draw()
        for pane in panes.values():
            pane.redraw()

    def _owner_pane(self) -> ScriptPane | SurveyPane | Ladder | None:
        match self.owner:
            case "script":
                return self.query_one(ScriptPane)
            case "record":
                return self.query_one(SurveyPane)
            case "ladder":
                return self.query_one(Ladder)
            case _:
                return None

    def _press(self, key: str) -> None:
        pane = self._owner_pane()
        if pane is None or not pane.take_key(key):
            self.say("call.means_nothing", key=key)

    def do_digit(self, key: str) -> None:
        """Answer or choose in the pane that owns the digits."""
        self._press(key)

    def do_missing(self, key: str) -> None:
        """Say why there is no answer."""
        self._press(_SIGNS[key])

    def do_ten(self) -> None:
        """Answer ten; in the ladder, hear one more wish."""
        if self.owner == "ladder":
            self.hear_wish()
        else:
            self._press("+")

    def do_go_on(self) -> None:
        """Go on in the pane that owns the digits."""
        if self.owner == "ladder" and self.draft.talk.wishes:
            self.treat_wish()
        else:
            self._press("enter")

    def do_pane(self) -> None:
        """Give the digits to the next pane; within the script, first to its choices."""
        if self.owner == "script" and self.draft.question and self.scale_first:
            self.scale_first = False
            self.draw()
            return
        self._next_owner(1)

    def do_pane_back(self) -> None:
        """Give the digits to the pane before."""
        self._next_owner(-1)

    def _next_owner(self, by: int) -> None:
        owners: list[Owner] = ["script", "record", "card"]
        if self.ladder_shown:
            owners.insert(1, "ladder")
        self.scale_first = True
        self.own(owners[(owners.index(self.owner) + by) % len(owners)])

    def do_up(self) -> None:
        """Mark the wish above, or scroll."""
        self._move(-1)

    def do_down(self) -> None:
        """Mark the wish below, or scroll."""
        self._move(1)

    def _move(self, by: int) -> None:
        wishes = len(self.draft.talk.wishes)
        if self.owner == "ladder" and wishes:
            self.wish_marked = (self.wish_marked + by) % wishes
            self.draw()
            return
        pane = self._owner_pane() or self.query_one("#call-card", CustomerPane)
        pane.scroll_lines(by)

    @on(ScriptPane.Chose)
    def _chose(self, event: ScriptPane.Chose) -> None:
        self.scale_first = True
        self.follow(event.number)

    @on(ScriptPane.Answered)
    def _script_answered(self, event: ScriptPane.Answered) -> None:
        self.press_answer(self.draft.question, event.key, go_on=False)

    @on(SurveyPane.Answered)
    def _record_answered(self, event: SurveyPane.Answered) -> None:
        current = self.draft.interview.current
        if current is not None:
            self.press_answer(current.ref, event.key, go_on=True)

    @on(Ladder.Chose)
    def _rung_chosen(self, event: Ladder.Chose) -> None:
        self.open_rung(event.number)

    # -- actions ----------------------------------------------------------------------------

    def why_not(self, action: Action) -> Said | None:
        """What can't be done now, and why."""
        if action.id in _ONLY_WITH_SEAT and (self.read_only or self.shell.seat.looking):
            return Said("call.elsewhere")
        return next(
            (Said(key) for id_, stopped, key in self._stops() if stopped and id_ == action.id), None
        )

    def _stops(self) -> Iterator[tuple[str, bool, str]]:
        """What stops which action now, and the key of the sentence that says so."""
        walk, call = self.draft.walk, self.call
        rung = bool(call.legs) or call.direction == "in"
        yield "call.dial", self.phone is None, "call.no_number"
        yield "call.next_number", self.untried_phone() is None, "call.no_other_number"
        yield "call.no_answer", self._too_early(), "call.too_early"
        yield "call.no_answer", call.direction == "in", "call.they_rang"
        yield "call.release", rung, "call.already_rung"
        yield "call.hang_up", call.talk_ended_at is not None, "call.already_hung_up"
        yield "call.extend", self.wrap_up_ends is None, "wrap_up.not_yet"
        yield "call.extend", not self.extensions_left, "wrap_up.no_more"
        yield "call.leave", not self.read_only, "wrap_up.yours"
        yield "call.back", self.owner != "record" and not walk.can_go_back, "call.no_way_back"
        yield "call.variant", len(walk.step.variants) < 2, "call.no_variant"
        yield "call.worked", walk.wording is None, "call.no_words"
        yield "call.failed", walk.wording is None, "call.no_words"
        yield "call.owed", not self.unspoken, "promise.none_owed"
        yield "call.survey", not self.draft.interview.questions, "call.no_survey"
        yield "call.case", not call.card.complaints, "call.no_case"
        yield "call.undo", self.shell.last_decision is None, "desk.nothing_to_undo"

    def _too_early(self) -> bool:
        opened = self.opened_at
        return opened is not None and self.shell.now() - opened < FIRST_SECONDS

    def do_dial(self) -> None:
        """Ring the number."""
        phone = self.phone
        if phone is None or phone.phone_id is None or phone.e164 is None:
            return
        if self.open_leg is not None and self.open_leg.phone_id == self.phone_id:
            self._show_number("call.dial_again")
        elif not self.requests.busy("call.dial"):
            number = dial_string(phone.e164, phone.extension, self.shell.outside_line)
            self.ring(phone.phone_id, number)

    @on(NumberRung)
    def _rung(self, event: NumberRung) -> None:
        call = self.call
        self.call = replace(
            call, legs=(*call.legs, event.leg), dialled_at=call.dialled_at or event.leg.started_at
        )
        self.draw()
        self.refresh_keys()
        self._show_number(event.said)

    def _show_number(self, said: str) -> None:
        phone = self.phone
        if phone is None or phone.e164 is None:
            return
        line = self.shell.outside_line
        self.app.copy_to_clipboard(dial_string(phone.e164, phone.extension, line))
        dialled = Dialled(phone.e164, phone.extension, phone.ask_for or "", line, self.t(said))
        self.app.push_screen(DialPanel(dialled), self._dial_ended)

    async def _dial_ended(self, how: DialEnd | None) -> None:
        if how == "no_answer":
            await self.shell.carry_out("call.no_answer")
        elif how == "next_number":
            await self.shell.carry_out("call.next_number")
        elif how == "talk" and not self.read_only:
            self.note_talk()

    def do_next_number(self) -> None:
        """Note no answer on this number and go on with the next one."""
        following = self.untried_phone()
        phone = self.phone
        if following is None or following.phone_id is None:
            return
        if phone is None or phone.phone_id is None:
            self.phone_id = following.phone_id
            self.draw()
        elif not self.requests.busy("call.leg"):
            leg = self.open_leg
            leg_id = None if leg is None else leg.id
            self.end_leg(leg_id, phone.phone_id, NO_ANSWER, following.phone_id)
            self.say("call.next_number_up")

    def do_no_answer(self) -> None:
        """Nobody answered: the next number if there is one, else the next customer."""
        if self.requests.busy("call.finish") or self.requests.busy("call.leg"):
            return
        if self.untried_phone() is not None and self.phone is not None:
            self.opened_at = self.shell.now()
            self.do_next_number()
        else:
            self.dispose()

    def do_hang_up(self) -> None:
        """The line is down: wrap up."""
        self.note_hang_up()

    def do_note(self) -> None:
        """Type a note."""
        self.query_one(Note).focus()
        self.set_class(True, "-noting")  # noqa: FBT003 - Textual's signature

    def take_text(self, text: str) -> None:
        """Text that came while letters are actions belongs into the note, whole."""
        self.do_note()
        self.query_one(Note).append(text)

    @on(Note.Left)
    def _note_left(self) -> None:
        self.set_class(False, "-noting")  # noqa: FBT003 - Textual's signature
        self.set_focus(None)

    @on(TextArea.Changed, "#call-note")
    def _note_changed(self) -> None:
        self.change(replace(self.draft, note=self.query_one(Note).kept))

    def _fill_note(self) -> None:
        if self.draft.note:
            self.query_one(Note).fill(self.draft.note)

    def do_ladder(self) -> None:
        """Show the ladder, or put it away."""
        self.show_ladder(shown=not (self.ladder_shown and self.owner == "ladder"))

    def show_ladder(self, shown: bool) -> None:
        """Show the ladder in the customer's place, or the customer again."""
        self.ladder_shown = shown
        if not shown and self._right == "ladder":
            self._right = "card"
        self.own("ladder" if shown else "script")

    def own_script(self) -> None:
        """Give the digits to the script."""
        self.own("script")

    def do_survey(self) -> None:
        """Give the digits to the survey, or back to the script."""
        self.own("script" if self.owner == "record" else "record")

    def do_back(self) -> None:
        """Go back the way one came."""
        self.scale_first = True
        if self.owner == "record":
            draft = self.draft
            self.change(replace(draft, interview=draft.interview.go_back()))
        else:
            self.try_change(lambda draft: draft.moved(draft.walk.back()))

    def do_variant(self) -> None:
        """Show other words for the same."""
        self.try_change(lambda draft: replace(draft, walk=draft.walk.variant()))

    def do_worked(self) -> None:
        """These words worked."""
        self.try_change(lambda draft: replace(draft, walk=draft.walk.mark(Result.WORKED)))

    def do_failed(self) -> None:
        """These words failed."""
        self.try_change(lambda draft: replace(draft, walk=draft.walk.mark(Result.FAILED)))

    def do_customer(self) -> None:
        """Show the whole record."""
        self.shell.show_customer(self.call.card.person_id)

    def do_park(self) -> None:
        """Put the wrap-up aside."""
        self.put_aside()

    def do_release(self) -> None:
        """Give the customer back: not dialled."""
        self.give_back()

    def do_undo(self) -> None:
        """Take back the outcome before."""
        last = self.shell.last_decision
        if last is not None and not self.requests.busy("call.undo"):
            self.take_back(last)

    def do_inbound(self) -> None:
        """Find the customer who rings us."""
        from screens.search import CustomerSearch  # noqa: PLC0415 - loaded when first asked for

        def found(person_id: int | None) -> None:
            if person_id is not None:
                self.serve(person_id)

        self.app.push_screen(CustomerSearch("call.who_rings"), found)

    def own_seat_moved(self) -> None:
        """Something was done at this very seat: learn at once whether the call is still ours.

        Whoever does something to a call from elsewhere moves the topic of the call's seat.
        """
        if not self.leaving:
            self.reread()
