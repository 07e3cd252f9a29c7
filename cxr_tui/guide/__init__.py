"""What is asked and how it is proven: one file per documented screen, put in order by `guide/order.py`."""
