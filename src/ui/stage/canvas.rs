//! Packets on a canvas: the same paths as the SVG layer's, drawn in one go per kind.
//!
//! Above about a thousand packets the browser takes longer to repaint large SVG paths than to draw
//! them onto a canvas (software raster: 30 instead of 60 frames a second at 5000).

use crate::view::layout::between;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, Path2d};

/// How one kind is drawn, as the style sheet says.
#[derive(Default)]
struct Brush {
    fill: String,
    stroke: String,
    width: f64,
    round: bool,
}

/// A canvas in the place of the SVG layer.
pub(super) struct Canvas {
    element: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    brushes: Vec<Brush>,
    /// Frames since the style sheet was asked: the theme may change.
    age: u32,
    clean: bool,
}

/// Frames between two questions to the style sheet.
const ASKED_EVERY: u32 = 60;

impl Canvas {
    /// The canvas beside the SVG layer.
    pub(super) fn beside(root: &Element) -> Option<Self> {
        let element: HtmlCanvasElement = root.next_element_sibling()?.dyn_into().ok()?;
        let context = element.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Self { element, context, brushes: Vec::new(), age: 0, clean: true })
    }

    /// Shows nothing.
    pub(super) fn clear(&mut self) {
        if !self.clean {
            self.clean = true;
            // Setting the width empties a canvas.
            self.element.set_width(self.element.width());
        }
    }

    /// Draws paths in the styles of these elements.
    pub(super) fn paint<'a>(
        &mut self,
        size: (f64, f64),
        paths: impl Iterator<Item = (&'a Element, &'a str)>,
    ) {
        let window = web_sys::window();
        let dense = between(window.as_ref().map_or(1.0, |window| window.device_pixel_ratio()), 1.0, 2.0);
        let (width, height) = ((size.0 * dense) as u32, (size.1 * dense) as u32);
        if (self.element.width(), self.element.height()) != (width, height) {
            self.element.set_width(width);
            self.element.set_height(height);
        }
        let context = &self.context;
        // Setting a plain transform cannot fail.
        let _ = context.set_transform(dense, 0.0, 0.0, dense, 0.0, 0.0);
        context.clear_rect(0.0, 0.0, size.0, size.1);
        self.clean = false;
        let asks = self.age == 0;
        self.age = (self.age + 1) % ASKED_EVERY;
        for (n, (element, d)) in paths.enumerate() {
            if asks || self.brushes.len() <= n {
                let brush = brush_of(element).unwrap_or_default();
                if n < self.brushes.len() { self.brushes[n] = brush } else { self.brushes.push(brush) }
            }
            let Ok(path) = Path2d::new_with_path_string(d) else { continue };
            let brush = &self.brushes[n];
            if brush.fill != "none" {
                context.set_fill_style_str(&brush.fill);
                context.fill_with_path_2d(&path);
            }
            if brush.stroke != "none" {
                context.set_stroke_style_str(&brush.stroke);
                context.set_line_width(brush.width);
                context.set_line_cap(if brush.round { "round" } else { "butt" });
                context.stroke_with_path(&path);
            }
        }
    }
}

fn brush_of(element: &Element) -> Option<Brush> {
    let style = web_sys::window()?.get_computed_style(element).ok()??;
    let of = |name: &str| style.get_property_value(name).unwrap_or_default();
    // The number before `px`; JavaScript reads it without Rust's float parser.
    let width = js_sys::parse_float(&of("stroke-width"));
    let round = of("stroke-linecap") == "round";
    Some(Brush { fill: of("fill"), stroke: of("stroke"), width, round })
}
